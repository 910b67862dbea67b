"""The list of projects, its search, its exports, the board."""

from django.urls import URLPattern, path

from ..views import board, listing

patterns: list[URLPattern] = [
    path("projets/", listing.project_list, name="list"),
    path("projets/recherche/", listing.project_search, name="search"),
    path("projets/colonnes/", listing.project_columns, name="columns"),
    path("projets/tableau/", board.project_board, name="board"),
    path("projets/export.csv", listing.project_export, name="export"),
]
