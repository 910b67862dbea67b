"""Where experiments stand, in figures; what they ask of a person."""

from django.urls import URLPattern, path

from ..views import consolidation, todo

patterns: list[URLPattern] = [
    path("projets/consolidation/", consolidation.overview, name="consolidation"),
    path("projets/consolidation/tableaux/", consolidation.tables, name="consolidation_tables"),
    path("projets/consolidation/etapes/", consolidation.stage_figures, name="consolidation_stages"),
    path("projets/consolidation/budget/", consolidation.budget, name="consolidation_budget"),
    path("projets/consolidation/par/<slug:code>/", consolidation.breakdown, name="consolidation_by"),
    path("projets/consolidation/export/<slug:code>.csv", consolidation.export, name="consolidation_export"),
    path("projets/a-faire/", todo.page, name="todo"),
]
