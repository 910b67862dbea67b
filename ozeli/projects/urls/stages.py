"""Stages, gates and changes of state."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
