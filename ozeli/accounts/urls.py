from allauth.account import views as allauth_views
from django.urls import path

urlpatterns = [
    path("connexion/", allauth_views.login, name="account_login"),
    path("deconnexion/", allauth_views.logout, name="account_logout"),
    path("compte-ferme/", allauth_views.account_inactive, name="account_inactive"),
    path("moi/mot-de-passe/", allauth_views.password_change, name="account_change_password"),
    path("moi/confirmer/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe-oublie/", allauth_views.password_reset, name="account_reset_password"),
    path("mot-de-passe-oublie/envoye/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe-oublie/<uidb36>-<key>/",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe-oublie/change/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
