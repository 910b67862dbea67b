"""Lifecycles, explained to all and kept by administrators."""

from django.urls import URLPattern, path

from ..views import composing, lifecycles

KEPT = "administration/parcours/<slug:code>/"
COMPOSED = f"{KEPT}version/"

patterns: list[URLPattern] = [
    path("projets/parcours/", lifecycles.lifecycle_list, name="lifecycles"),
    path("projets/parcours/<slug:code>/", lifecycles.lifecycle, name="lifecycle"),
    path("projets/parcours/<slug:code>/v<int:number>/", lifecycles.lifecycle, name="lifecycle_version"),
    path(KEPT, lifecycles.settings, name="lifecycle_settings"),
    path(f"{KEPT}copier/", lifecycles.copy, name="lifecycle_copy"),
    path(f"{KEPT}archiver/", lifecycles.archive, name="lifecycle_archive"),
    path(f"{KEPT}deplacer/", lifecycles.move, name="lifecycle_move"),
    path(f"{KEPT}preparer/", lifecycles.prepare, name="lifecycle_prepare"),
    path(COMPOSED, composing.compose, name="lifecycle_compose"),
    path(f"{COMPOSED}publier/", composing.publish, name="lifecycle_publish"),
    path(f"{COMPOSED}abandonner/", composing.discard, name="lifecycle_discard"),
    path(f"{COMPOSED}etapes/ajouter/", composing.add_stage, name="lifecycle_stage_new"),
    path(f"{COMPOSED}etapes/<int:pk>/", composing.change_stage, name="lifecycle_stage"),
    path(f"{COMPOSED}etapes/<int:pk>/deplacer/", composing.move_stage, name="lifecycle_stage_move"),
    path(f"{COMPOSED}etapes/<int:pk>/retirer/", composing.remove_stage, name="lifecycle_stage_remove"),
    path(f"{COMPOSED}suites/ajouter/", composing.write_ending, name="lifecycle_ending_new"),
    path(f"{COMPOSED}suites/<int:pk>/", composing.write_ending, name="lifecycle_ending"),
    path(f"{COMPOSED}suites/<int:pk>/retirer/", composing.remove_ending, name="lifecycle_ending_remove"),
]
