"""Addresses of the cimetière: its lessons, relaunches and second looks."""

from django.urls import path

from .views import graveyard, lessons, revivals, second_looks

SHEET = "idees/<short:short>-<slug:slug>/"

urlpatterns = [
    path("cimetiere/", graveyard.graveyard, name="graveyard"),
    path("cimetiere/export.csv", graveyard.export, name="graveyard_export"),
    path("cimetiere/lecons/", lessons.lesson_list, name="lessons"),
    path("cimetiere/lecons/export.csv", lessons.export, name="lessons_export"),
    path("animation/lecons/nouvelle/", lessons.write, name="lesson_new"),
    path("animation/lecons/<int:pk>/", lessons.change, name="lesson"),
    path(f"{SHEET}relance/", revivals.ask, name="revive"),
    path(f"{SHEET}relance/<int:pk>/moi-aussi/", revivals.support, name="revive_support"),
    path("animation/relances/<int:pk>/", revivals.answer, name="desk_revival"),
    path(f"{SHEET}second-regard/", second_looks.ask, name="second_look"),
    path("animation/seconds-regards/", second_looks.second_looks, name="second_looks"),
    path("animation/seconds-regards/export.csv", second_looks.export, name="second_looks_export"),
    path("animation/<short:short>/second-regard/", second_looks.answer, name="second_look_answer"),
]
