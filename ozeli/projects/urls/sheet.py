"""The sheet of a project and what its team writes on it."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
