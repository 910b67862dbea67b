"""Addresses of people, of the directory, and of one's own data."""

from django.urls import path

app_name = "people"
urlpatterns: list = []
