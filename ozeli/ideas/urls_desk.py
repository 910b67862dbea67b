"""Addresses of the desk in depth: its list, the file of an idea, opinions, batches, answer templates."""

from django.urls import path

from .views import (
    answer_templates,
    answered,
    batches,
    completion,
    desk_list,
    dossier,
    expertise,
    leads,
    my_opinions,
    overdue,
)

SHEET = "idees/<short:short>-<slug:slug>/"

urlpatterns = [
    path("mes-avis/", my_opinions.my_opinions, name="my_opinions"),
    path("mes-avis/export.csv", my_opinions.export, name="my_opinions_export"),
    path(f"{SHEET}completer/", completion.complete, name="complete"),
    path("animation/idees/", desk_list.desk_list, name="desk_list"),
    path("animation/idees/export.csv", desk_list.export, name="desk_list_export"),
    path("animation/idees/personnes/", desk_list.handlers, name="desk_handlers"),
    path("animation/retards/", overdue.overdue, name="overdue"),
    path("animation/retards/export.csv", overdue.export, name="overdue_export"),
    path("animation/retards/annuler/<uuid:batch>/", overdue.undo, name="overdue_undo"),
    path("administration/reponses/", leads.leads, name="leads"),
    path("administration/reponses/export.csv", leads.export, name="leads_export"),
    path("administration/reponses/<slug:code>/", leads.lead, name="lead"),
    path("reponses/", answered.bodies, name="answered"),
    path("reponses/export.csv", answered.export, name="answered_export"),
    path("reponses/<slug:code>/", answered.body, name="answered_body"),
    path("reponses/<slug:code>/export.csv", answered.body_export, name="answered_body_export"),
    path("animation/avis/", expertise.opinions, name="desk_opinions"),
    path("animation/avis/export.csv", expertise.export, name="desk_opinions_export"),
    path("animation/decisions/relire/", batches.read_again, name="batch_review"),
    path("animation/decisions/lots/<uuid:batch>/", batches.report, name="batch"),
    path("animation/reponses-types/", answer_templates.library, name="templates"),
    path("animation/reponses-types/export.csv", answer_templates.export, name="templates_export"),
    path("animation/reponses-types/nouvelle/", answer_templates.create, name="template_new"),
    path("animation/reponses-types/<int:pk>/", answer_templates.change, name="template"),
    path("animation/reponses-types/<int:pk>/supprimer/", answer_templates.delete, name="template_delete"),
    path("animation/<short:short>/dossier/", dossier.dossier, name="file"),
    path("animation/<short:short>/avis/<int:pk>/", expertise.expertise, name="expertise"),
]
