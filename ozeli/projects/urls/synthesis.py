"""Half-yearly syntheses."""

from django.urls import path

from ..views import synthesis, synthesis_writing

_ONE = "projets/syntheses/<uuid:pk>/"
patterns = [
    path("projets/syntheses/", synthesis.syntheses, name="syntheses"),
    path("projets/syntheses/export.csv", synthesis.export, name="syntheses_export"),
    path("projets/syntheses/nouvelle/", synthesis_writing.new, name="synthesis_new"),
    path(_ONE, synthesis.synthesis, name="synthesis"),
    path(f"{_ONE}modifier/", synthesis_writing.edit, name="synthesis_edit"),
    path(f"{_ONE}publier/", synthesis_writing.publish, name="synthesis_publish"),
    path(f"{_ONE}interrompre/", synthesis_writing.stop, name="synthesis_stop"),
    path(f"{_ONE}retirer/", synthesis_writing.withdraw, name="synthesis_withdraw"),
    path(f"{_ONE}supprimer/", synthesis_writing.drop, name="synthesis_drop"),
    path(f"{_ONE}pages/", synthesis_writing.pages, name="synthesis_pages"),
    path(f"{_ONE}pages/<slug:code>/", synthesis.page, name="synthesis_page"),
    path(f"{_ONE}sections/<slug:code>/", synthesis_writing.section, name="synthesis_section"),
    path(f"{_ONE}sections/<slug:code>/refaire/", synthesis_writing.rewrite, name="synthesis_rewrite"),
    path(f"{_ONE}sources/<slug:code>/<int:number>/", synthesis.source, name="synthesis_source"),
    path(f"{_ONE}synthese.<slug:kind>", synthesis.file, name="synthesis_file"),
]
