"""What stage reports teach, the catalogue of methods."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
