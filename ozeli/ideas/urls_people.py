"""Addresses of what people do around an idea besides reading it: amendments, signatures, teams, reports, moderation."""

from django.urls import path

from .views import moderation, people, reports, teams

SHEET = "idees/<short:short>-<slug:slug>/"
COMMENT = f"{SHEET}commentaires/<uuid:comment>/"

urlpatterns = [
    path(f"{SHEET}signaler/", reports.report, name="report"),
    path(f"{COMMENT}signaler/", reports.report, name="report_comment"),
    path(f"{COMMENT}modifier/", reports.edit_comment, name="edit_comment"),
    path(f"{COMMENT}retirer/", reports.remove_comment, name="remove_comment"),
    path(f"{SHEET}modifications/", people.amendments, name="amendments"),
    path(f"{SHEET}auteurs/", people.authors, name="authors"),
    path("collegues/", people.colleagues, name="colleagues"),
    path("invitations/", people.invitations, name="invitations"),
    path("invitations/<int:pk>/", people.invitation, name="invitation"),
    path("invitations/equipes/<int:pk>/", teams.place, name="team_place"),
    path("mon-equipe/", teams.team, name="team"),
    path("mon-equipe/export.csv", teams.export, name="team_export"),
    path("mon-equipe/personnes/", teams.members, name="team_members"),
    path("mon-equipe/animer/", teams.posture, name="team_posture"),
    path("mes-signalements/", reports.my_reports, name="my_reports"),
    path("moderation/", moderation.desk, name="moderation"),
    path("moderation/export.csv", moderation.export, name="moderation_export"),
    path("moderation/<int:pk>/", moderation.case, name="case"),
]
