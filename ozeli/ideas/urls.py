"""Addresses of ideas: the list and the deposit, the sheet and what one does there, the desk."""

from django.urls import path

from .urls_challenges import urlpatterns as challenge_urls
from .urls_desk import urlpatterns as desk_urls
from .urls_graveyard import urlpatterns as graveyard_urls
from .urls_merges import urlpatterns as merge_urls
from .urls_people import urlpatterns as people_urls
from .views import (
    attachments,
    decisions,
    deposit,
    desk,
    embed,
    listing,
    mentions,
    mine,
    opinions,
    sheet,
    voices,
)

app_name = "ideas"
SHEET = "idees/<short:short>-<slug:slug>/"

urlpatterns = [
    path("idees/", listing.idea_list, name="list"),
    path("idees/export.csv", listing.idea_export, name="export"),
    path("idees/deposer/", deposit.deposit, name="deposit"),
    path("idees/deposer/brouillon/", deposit.save_draft, name="save_draft"),
    path("idees/deposer/ressemblances/", deposit.look_alikes, name="look_alikes"),
    path("idees/deposer/relire/<uuid:draft>/", deposit.review, name="review"),
    path("idees/bouton/", embed.button, name="button"),
    path("defis/<slug:slug>/bouton/", embed.challenge_button, name="challenge_button"),
    path("mes-idees/", mine.my_ideas, name="mine"),
    path("mes-idees/export.csv", listing.my_export, name="my_export"),
    path("mes-idees/brouillons/<uuid:draft>/supprimer/", deposit.delete_draft, name="delete_draft"),
    path(SHEET, sheet.idea, name="idea"),
    path(f"{SHEET}vote/", voices.vote, name="vote"),
    path(f"{SHEET}suivre/", voices.follow, name="follow"),
    path(f"{SHEET}personnes/", mentions.people_named, name="people_named"),
    path(f"{SHEET}commentaires/", voices.comment, name="comment"),
    path(f"{SHEET}commentaires/<uuid:comment>/", sheet.thread, name="thread"),
    path(f"{SHEET}modifier/", mine.edit, name="edit"),
    path(f"{SHEET}fichiers/", attachments.attachments, name="attachments"),
    path(f"{SHEET}retirer/", mine.withdraw, name="withdraw"),
    path(f"{SHEET}avis/", opinions.opinion, name="opinion"),
    path("animation/", desk.desk, name="desk"),
    path("animation/personnes/", desk.people, name="desk_people"),
    path("animation/decisions/", decisions.prepared, name="prepared"),
    path("animation/<short:short>/", desk.desk_idea, name="desk_idea"),
    path("animation/<short:short>/decision/", decisions.publish, name="publish"),
    *graveyard_urls,
    *merge_urls,
    *people_urls,
    *desk_urls,
    *challenge_urls,
]
