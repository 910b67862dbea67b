"""Lifecycles and methods, as administrators keep them."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
