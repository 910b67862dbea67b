"""Where experiments stand, in figures."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
