"""The life of a project: who is around, what is told, measured, spent and joined."""

from django.urls import path

from ..views import budget, documents, indicators, logbook, team

_SHEET = "projets/<short:short>-<slug:slug>/"

patterns = [
    path("projets/personnes/", team.people, name="people"),
    path(f"{_SHEET}equipe/", team.team, name="team"),
    path(f"{_SHEET}equipe/<int:person>/", team.member, name="member"),
    path(f"{_SHEET}journal/", logbook.log, name="log"),
    path(f"{_SHEET}journal/<uuid:key>/", logbook.post, name="post"),
    path(f"{_SHEET}mesures/", indicators.indicators, name="indicators"),
    path(f"{_SHEET}mesures/export/", indicators.export, name="indicators_export"),
    path(f"{_SHEET}mesures/nouvelle/", indicators.new, name="indicator_new"),
    path(f"{_SHEET}mesures/<int:number>/", indicators.indicator, name="indicator"),
    path(f"{_SHEET}mesures/<int:number>/modifier/", indicators.edit, name="indicator_edit"),
    path(f"{_SHEET}budget/", budget.budget, name="budget"),
    path(f"{_SHEET}budget/export/", budget.export, name="budget_export"),
    path(f"{_SHEET}budget/<int:number>/", budget.line, name="budget_line"),
    path(f"{_SHEET}documents/", documents.documents, name="documents"),
]
