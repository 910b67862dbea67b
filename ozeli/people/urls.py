"""Addresses of people, of the directory, and of one's own data."""

from django.urls import path

from .views import agendas, data, directory, pages, saved

app_name = "people"
PAGE = "personnes/<short:short>-<slug:slug>/"

urlpatterns = [
    path("annuaire/", directory.directory, name="directory"),
    path("annuaire/export.csv", directory.export, name="directory_export"),
    path("annuaire/ambassadeur/", directory.ambassador, name="ambassador"),
    path("annuaire/roles/", directory.roles, name="roles"),
    path("annuaire/roles/<int:pk>/reponse/", directory.answer, name="answer_role"),
    path("annuaire/roles/<int:pk>/fin/", directory.end, name="end_role"),
    path(PAGE, pages.person, name="person"),
    path(f"{PAGE}ecrire/", pages.write, name="write"),
    path("moi/page/", pages.own_page, name="own_page"),
    path("moi/donnees/", data.data, name="data"),
    path("moi/donnees/copie/", data.ask_copy, name="ask_copy"),
    path("moi/donnees/copie/<uuid:pk>.zip", data.copy, name="copy"),
    path("moi/donnees/effacer/", data.ask_erasure, name="ask_erasure"),
    path("moi/donnees/garder/", data.keep, name="keep"),
    path("moi/recherches/", saved.searches, name="searches"),
    path("moi/recherches/nouvelle/", saved.save, name="save_search"),
    path("moi/recherches/<uuid:pk>/", saved.change, name="change_search"),
    path("moi/recherches/<uuid:pk>/supprimer/", saved.delete, name="delete_search"),
    path("moi/recherches/<uuid:pk>/flux/", saved.open_feed, name="open_feed"),
    path("moi/flux/", saved.own_feeds, name="feeds"),
    path("moi/flux/defis/", agendas.subscribe_to_mine, name="subscribe_to_mine"),
    path("moi/flux/<int:pk>/revoquer/", saved.revoke, name="revoke_feed"),
    path("flux/<str:token>.atom", saved.feed, name="feed"),
    path("flux/<str:token>.ics", saved.agenda_feed, name="agenda_feed"),
    path("defis/<slug:slug>/agenda.ics", agendas.agenda, name="agenda"),
    path("defis/<slug:slug>/abonnement/", agendas.subscribe, name="subscribe"),
    path("administration/personnes/<int:pk>/effacement/", data.administer, name="administer_erasure"),
]
