"""Addresses of ideas that are the same, or neighbours."""

from django.urls import path

from .views import merges

SAME = "animation/<short:short>/meme-idee/"

urlpatterns = [
    path(SAME, merges.find, name="same"),
    path(f"{SAME}<short:other>/", merges.compare, name="compare"),
    path(f"{SAME}<short:other>/regrouper/", merges.merge_into, name="merge_into"),
    path("animation/regroupements/", merges.merge_list, name="merges"),
    path("animation/regroupements/export.csv", merges.export_merges, name="merges_export"),
    path("animation/regroupements/<int:pk>/", merges.merge, name="merge"),
    path("animation/voisines/", merges.link_list, name="links"),
    path("animation/voisines/export.csv", merges.export_links, name="links_export"),
    path("animation/voisines/<int:pk>/retirer/", merges.unlink, name="unlink"),
]
