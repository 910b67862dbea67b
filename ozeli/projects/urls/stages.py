"""Stages, gates and changes of state."""

from django.urls import URLPattern, path

from ..views import gates, moves, stages
from ..words_moves import MOVES

PROJECT = "projets/<short:short>-<slug:slug>/"
patterns: list[URLPattern] = [
    path(f"{PROJECT}etapes/", stages.stages, name="stages"),
    path(f"{PROJECT}etapes/passer/", stages.pass_stages, name="pass"),
    path(f"{PROJECT}etapes/revenir/", stages.take_back, name="take_back"),
    path(f"{PROJECT}etapes/<int:number>/", stages.stage, name="stage"),
    path(f"{PROJECT}etapes/<int:number>/bilan/", stages.report, name="report"),
    path(f"{PROJECT}jalons/<int:number>/", gates.gate, name="gate"),
    *(path(f"{PROJECT}{word}/", moves.move, {"name": name}, name=name) for name, word in MOVES.items()),
]
