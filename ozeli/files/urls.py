"""Addresses of files."""

from django.urls import path

from . import views

app_name = "files"

urlpatterns = [
    path("fichiers/<uuid:file>/", views.file, name="file"),
    path("fichiers/<uuid:file>/<int:width>.<slug:suffix>", views.rendition, name="rendition"),
]
