"""Addresses of challenges."""

from django.urls import path

from .views import animate, communication, listing, prepare, sheet

app_name = "challenges"

PREPARE = "defis/nouveau/<uuid:pk>/"
PAGE = "defis/<slug:slug>/"

urlpatterns = [
    path("defis/", listing.challenge_list, name="list"),
    path("defis/export.csv", listing.challenge_export, name="export"),
    path("defis/suggestions/", listing.suggestions, name="suggestions"),
    path("defis/personnes/", listing.people_named, name="people"),
    path("defis/nouveau/", prepare.new, name="new"),
    path(PREPARE, prepare.start, name="start"),
    path(f"{PREPARE}question/", prepare.question, name="question"),
    path(f"{PREPARE}participants/", prepare.participants, name="participants"),
    path(f"{PREPARE}calendrier/", prepare.calendar, name="calendar"),
    path(f"{PREPARE}equipe/", prepare.crew, name="crew"),
    path(f"{PREPARE}relire/", prepare.review, name="review"),
    path(f"{PREPARE}supprimer/", prepare.drop, name="drop"),
    path(PAGE, sheet.challenge, name="challenge"),
    path(f"{PAGE}reglement/", sheet.rules_page, name="rules"),
    path(f"{PAGE}suivre/", sheet.follow, name="follow"),
    path(f"{PAGE}calendrier/", animate.move, name="move"),
    path(f"{PAGE}annuler/", animate.cancel, name="cancel"),
    path(f"{PAGE}textes/", animate.texts, name="texts"),
    path(f"{PAGE}equipe/", animate.team, name="team"),
    path(f"{PAGE}communication/", communication.plan, name="plan"),
    path(f"{PAGE}communication/export.csv", communication.plan_export, name="plan_export"),
    path(f"{PAGE}communication/<int:pk>/", communication.step, name="plan_step"),
]
