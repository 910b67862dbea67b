"""Addresses of what ideas show of a challenge."""

from django.urls import path

from .views import challenge_ideas

urlpatterns = [
    path("defis/<slug:slug>/idees/", challenge_ideas.challenge_ideas, name="challenge_ideas"),
]
