"""Addresses of what people do around an idea besides reading it: reports and moderation."""

from django.urls import path

from .views import moderation, reports

SHEET = "idees/<short:short>-<slug:slug>/"
COMMENT = f"{SHEET}commentaires/<uuid:comment>/"

urlpatterns = [
    path(f"{SHEET}signaler/", reports.report, name="report"),
    path(f"{COMMENT}signaler/", reports.report, name="report_comment"),
    path(f"{COMMENT}modifier/", reports.edit_comment, name="edit_comment"),
    path(f"{COMMENT}retirer/", reports.remove_comment, name="remove_comment"),
    path("mes-signalements/", reports.my_reports, name="my_reports"),
    path("moderation/", moderation.desk, name="moderation"),
    path("moderation/export.csv", moderation.export, name="moderation_export"),
    path("moderation/<int:pk>/", moderation.case, name="case"),
]
