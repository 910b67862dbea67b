"""Addresses of imports (under the administration, or under a challenge) and of the exports of a person."""

from django.urls import path

from .views import exchange, exports, imports

app_name = "transfers"
RUN = "administration/imports/<uuid:pk>/"
EXCHANGE = "defis/<slug:slug>/echange/"
EXCHANGED = f"{EXCHANGE}<uuid:pk>/"

urlpatterns = [
    path("administration/imports/", imports.import_list, name="imports"),
    path(RUN, imports.import_run, name="import"),
    path(f"{RUN}feuille/", imports.choose_sheet, name="import_sheet"),
    path(f"{RUN}comparer/", imports.check, name="import_check"),
    path(f"{RUN}ecrire/", imports.write, name="import_write"),
    path(f"{RUN}annuler/", imports.cancel, name="import_cancel"),
    path(f"{RUN}refusees.csv", imports.refused_lines, name="import_refused"),
    path(EXCHANGE, exchange.exchange, name="exchange"),
    path(f"{EXCHANGE}liste.csv", exchange.export, name="exchange_export"),
    path(EXCHANGED, imports.import_run, name="exchange_run"),
    path(f"{EXCHANGED}feuille/", imports.choose_sheet, name="exchange_sheet"),
    path(f"{EXCHANGED}comparer/", imports.check, name="exchange_check"),
    path(f"{EXCHANGED}ecrire/", imports.write, name="exchange_write"),
    path(f"{EXCHANGED}annuler/", imports.cancel, name="exchange_cancel"),
    path(f"{EXCHANGED}refusees.csv", imports.refused_lines, name="exchange_refused"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/preparer/", exports.ask_export, name="ask_export"),
    path("exports/<uuid:pk>/", exports.export_run, name="export"),
    path("exports/<uuid:pk>/fichier/", exports.download, name="export_file"),
]
