"""Addresses of ideas: the list and the deposit, the sheet and what one does there."""

from django.urls import path

from .views import listing

app_name = "ideas"
SHEET = "idees/<short:short>-<slug:slug>/"

urlpatterns = [
    path("idees/", listing.idea_list, name="list"),
    path("idees/export.csv", listing.idea_export, name="export"),
]
