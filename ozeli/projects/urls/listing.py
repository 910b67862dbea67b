"""The list of projects, its search, its exports, the board."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
