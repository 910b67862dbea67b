"""Addresses of what ideas show of a challenge."""

from django.urls import path

from .views import challenge_ideas, challenge_results

urlpatterns = [
    path("defis/<slug:slug>/idees/", challenge_ideas.challenge_ideas, name="challenge_ideas"),
    path("defis/<slug:slug>/resultats/", challenge_results.results, name="challenge_results"),
    path("defis/<slug:slug>/resultats/export.csv", challenge_results.export, name="challenge_results_export"),
    path("defis/<slug:slug>/prix/<short:short>/", challenge_results.prize, name="challenge_prize"),
]
