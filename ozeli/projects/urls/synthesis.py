"""Half-yearly syntheses."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
