from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from .views import journal, matrix, me, people, signin

# allauth asks for these names, without a namespace.
sign_in_urls = [
    path("connexion/", signin.sign_in, name="account_login"),
    path("deconnexion/", allauth_views.logout, name="account_logout"),
    path("compte-ferme/", allauth_views.account_inactive, name="account_inactive"),
    path("moi/mot-de-passe/", signin.password_change, name="account_change_password"),
    path("moi/confirmer/", signin.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe-oublie/", signin.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe-oublie/envoye/", allauth_views.password_reset_done, name="account_reset_password_done"
    ),
    path(
        "mot-de-passe-oublie/change/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # The name ends at the first dash, the key holds others; allauth builds the address from this very shape.
    re_path(
        r"^mot-de-passe-oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        signin.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

own_urls = [
    path("moi/", me.me, name="me"),
    path("moi/texte-garde/", me.forget_kept_text, name="forget_kept_text"),
    path("administration/", me.administration, name="administration"),
    path("administration/matrice/", matrix.matrix, name="matrix"),
    path("administration/matrice/export.csv", matrix.matrix_export, name="matrix_export"),
    path("administration/personnes/", people.people, name="people"),
    path("administration/personnes/export.csv", people.people_export, name="people_export"),
    path("administration/personnes/<int:pk>/", people.person, name="person"),
    path(
        "administration/personnes/<int:pk>/profils/<int:membership>/fin/", people.end, name="end_membership"
    ),
    path("administration/journal/", journal.journal, name="journal"),
    path("administration/journal/export.csv", journal.journal_export, name="journal_export"),
]

urlpatterns = [*sign_in_urls, path("", include((own_urls, "accounts")))]
