from collections.abc import Callable
from importlib import import_module

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path, re_path
from django.views.decorators.http import require_http_methods

from .services.sign_on import PROVIDER
from .views import (
    closing,
    delegations,
    invitations,
    journal,
    matrix,
    me,
    people,
    person_sheet,
    sessions,
    signin,
    single_sign_on,
)


def lazily(name: str, *methods: str) -> Callable[..., HttpResponseBase]:
    """A view of the second factor, whose module is loaded at its first visit: it brings heavy libraries."""

    @require_http_methods(methods or ("GET", "HEAD", "POST"))
    def view(request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        response: HttpResponseBase = getattr(import_module("ozeli.accounts.views.factors"), name)(
            request, **kwargs
        )
        return response

    return view


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

# The names are those by which allauth finds its pages.
factor_urls = [
    path("connexion/code/", login_not_required(lazily("authenticate")), name="mfa_authenticate"),
    path("moi/confirmer/code/", lazily("reauthenticate"), name="mfa_reauthenticate"),
    path("moi/confirmer/cle/", lazily("reauthenticate_key"), name="mfa_reauthenticate_webauthn"),
    path("moi/securite/", lazily("index", "GET", "HEAD"), name="mfa_index"),
    path("moi/securite/application/", lazily("activate_totp"), name="mfa_activate_totp"),
    path("moi/securite/application/retirer/", lazily("deactivate_totp"), name="mfa_deactivate_totp"),
    path("moi/securite/cles/ajouter/", lazily("add_key"), name="mfa_add_webauthn"),
    path("moi/securite/cles/<int:pk>/renommer/", lazily("rename_key"), name="mfa_edit_webauthn"),
    path("moi/securite/cles/<int:pk>/retirer/", lazily("remove_key"), name="mfa_remove_webauthn"),
    path("moi/securite/codes/", lazily("show_codes", "GET", "HEAD"), name="mfa_view_recovery_codes"),
    path("moi/securite/codes/nouveaux/", lazily("new_codes"), name="mfa_generate_recovery_codes"),
    path(
        "moi/securite/codes/codes-de-secours.txt",
        lazily("download_codes", "GET", "HEAD"),
        name="mfa_download_recovery_codes",
    ),
]

single_sign_on_urls = [
    path("connexion/agent/", single_sign_on.start, {"provider_id": PROVIDER}, name="openid_connect_login"),
    path(
        "connexion/agent/retour/",
        single_sign_on.finish,
        {"provider_id": PROVIDER},
        name="openid_connect_callback",
    ),
]

own_urls = [
    path("moi/", me.me, name="me"),
    path("moi/sessions/", sessions.sessions, name="sessions"),
    path("moi/sessions/<int:pk>/fermer/", sessions.close, name="close_session"),
    path("moi/sessions/fermer-les-autres/", sessions.close_others, name="close_other_sessions"),
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
    path("administration/personnes/<int:pk>/fiche/", person_sheet.edit, name="edit_person"),
    path(
        "administration/personnes/<int:pk>/profils/<int:membership>/prolonger/",
        person_sheet.extend,
        name="extend_membership",
    ),
    path(
        "administration/personnes/<int:pk>/profils/<int:membership>/retablir/",
        person_sheet.restore,
        name="restore_membership",
    ),
    path("moi/delegations/", delegations.delegations, name="delegations"),
    path("moi/delegations/<int:pk>/fin/", delegations.end, name="end_delegation"),
    path("administration/personnes/<int:pk>/compte/", closing.account, name="account"),
    path("administration/personnes/<int:pk>/compte/fermer/", closing.close, name="close_account"),
    path("administration/personnes/<int:pk>/compte/rouvrir/", closing.reopen, name="reopen_account"),
    path(
        "administration/personnes/<int:pk>/compte/sessions/",
        closing.close_sessions,
        name="close_all_sessions",
    ),
    path(
        "administration/personnes/<int:pk>/compte/second-facteur/",
        closing.take_factors_away,
        name="take_factors_away",
    ),
    path("administration/invitations/", invitations.invitations, name="invitations"),
    path("administration/invitations/export.csv", invitations.invitations_export, name="invitations_export"),
    path("administration/invitations/nouvelle/", invitations.invite, name="invite"),
    path("administration/invitations/<int:pk>/renvoyer/", invitations.send_again, name="send_again"),
    path("administration/invitations/<int:pk>/annuler/", invitations.cancel, name="cancel_invitation"),
    path("administration/connexion-unique/", single_sign_on.bodies, name="single_sign_on"),
    path(
        "administration/connexion-unique/export.csv",
        single_sign_on.bodies_export,
        name="single_sign_on_export",
    ),
    path(
        "administration/connexion-unique/<int:pk>/retirer/",
        single_sign_on.remove_body,
        name="remove_body_sign",
    ),
    path("administration/journal/", journal.journal, name="journal"),
    path("administration/journal/export.csv", journal.journal_export, name="journal_export"),
]

urlpatterns = [
    *sign_in_urls,
    *factor_urls,
    *single_sign_on_urls,
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
    path("", include((own_urls, "accounts"))),
]
