"""Addresses of challenges."""

from django.urls import path

from .views import listing, sheet

app_name = "challenges"

urlpatterns = [
    path("defis/", listing.challenge_list, name="list"),
    path("defis/<slug:slug>/", sheet.challenge, name="challenge"),
]
