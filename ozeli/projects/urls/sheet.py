"""The sheet of a project and what its team writes on it."""

from django.urls import path

from ..views import edit, sheet, updates

SHEET = "projets/<short:short>-<slug:slug>/"

patterns = [
    path("projets/nouveau/", edit.new, name="new"),
    path("projets/nouveau/ressemblances/", edit.look_alikes, name="look_alikes"),
    path(SHEET, sheet.project, name="sheet"),
    path(f"{SHEET}suivre/", sheet.follow, name="follow"),
    path(f"{SHEET}aide/", sheet.offer_help, name="help"),
    path(f"{SHEET}modifier/", edit.edit, name="edit"),
    path(f"{SHEET}retirer/", edit.withdraw, name="withdraw"),
    path(f"{SHEET}point/", updates.update, name="update"),
    path(f"{SHEET}points/", updates.past_updates, name="updates"),
]
