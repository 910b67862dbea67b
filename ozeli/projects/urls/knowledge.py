"""What stage reports teach, the catalogue of methods, the stopped projects."""

from django.urls import URLPattern, path

from ..views import knowledge

patterns: list[URLPattern] = [
    path("projets/bilans/", knowledge.reports, name="reports"),
    path("projets/bilans/export.csv", knowledge.export_reports, name="reports_export"),
    path("projets/methodes/", knowledge.method_list, name="methods"),
    path("projets/methodes/export.csv", knowledge.export_methods, name="methods_export"),
    path("projets/methodes/<slug:code>/", knowledge.method, name="method"),
    path("cimetiere/essais/", knowledge.stopped_list, name="stopped"),
    path("cimetiere/essais/export.csv", knowledge.export_stopped, name="stopped_export"),
]
