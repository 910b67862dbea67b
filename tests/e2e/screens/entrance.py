"""The screens of accounts: sign-in, second factor, sessions, people, rights."""

from .acts import (
    asked_new_password,
    confirm_password,
    expired,
    followed_invitation,
    prepared_changes,
    refused_addresses,
    refused_profile,
    refused_sign_in,
    second_step,
    sent_empty,
    with_application,
    wrong_password_change,
)
from .screen import WRITER, Screen, link, through

SCREENS = [
    # Signed out
    Screen("single-sign-on", "openid_connect_login", "", "/connexion/agent/"),
    Screen("single-sign-on-stale", "openid_connect_callback", "", "/connexion/agent/retour/", status=400),
    Screen("second-step-refused", "mfa_authenticate", "", "/connexion/", act=second_step),
    Screen("invitation-gone", "invitation", "", "/invitation/un-vieux-lien/", status=404),
    Screen(
        "invitation", "invitation", "admin", "/administration/invitations/nouvelle/", act=followed_invitation
    ),
    Screen("sign-in", "account_login", "", "/connexion/"),
    Screen("sign-in-refused", "account_login", "", "/connexion/", act=refused_sign_in),
    Screen("sign-in-after-expiry", "account_login", WRITER, "/idees/deposer/", act=expired),
    Screen("closed-account", "account_inactive", "", "/compte-ferme/"),
    Screen("password-reset", "account_reset_password", "", "/mot-de-passe-oublie/"),
    Screen("password-reset-sent", "account_reset_password_done", "", "/mot-de-passe-oublie/envoye/"),
    Screen(
        "password-reset-form",
        "account_reset_password_from_key",
        "",
        "/mot-de-passe-oublie/",
        act=asked_new_password,
    ),
    Screen(
        "password-reset-stale", "account_reset_password_from_key", "", "/mot-de-passe-oublie/1-ancien-lien/"
    ),
    Screen("password-reset-done", "account_reset_password_from_key_done", "", "/mot-de-passe-oublie/change/"),
    Screen("sign-out", "account_logout", "agent", "/deconnexion/"),
    Screen("own-page", "accounts:me", "agent", "/moi/"),
    Screen("password", "account_change_password", "agent", "/moi/mot-de-passe/"),
    Screen(
        "password-refused",
        "account_change_password",
        "agent",
        "/moi/mot-de-passe/",
        act=wrong_password_change,
    ),
    Screen("sessions", "accounts:sessions", "agent", "/moi/sessions/"),
    Screen("security", "mfa_index", "agent", "/moi/securite/"),
    Screen("application", "mfa_activate_totp", "agent", "/moi/securite/application/", act=confirm_password),
    Screen(
        "application-leave",
        "mfa_deactivate_totp",
        "",
        "/connexion/",
        act=with_application("bastien.charvet", "/moi/securite/application/retirer/"),
    ),
    Screen(
        "recovery-codes",
        "mfa_view_recovery_codes",
        "",
        "/connexion/",
        act=with_application("mehdi.belkacem", "/moi/securite/codes/"),
    ),
    Screen(
        "recovery-codes-new",
        "mfa_generate_recovery_codes",
        "",
        "/connexion/",
        act=with_application("antoine.sabatier", "/moi/securite/codes/nouveaux/"),
    ),
    Screen(
        "confirm-code",
        "mfa_reauthenticate",
        "",
        "/connexion/",
        act=with_application("mathilde.roques", "/moi/confirmer/code/"),
    ),
    Screen("confirm-password", "account_reauthenticate", "agent", "/moi/confirmer/"),
    # Administration and operations
    Screen("administration", "accounts:administration", "admin", "/administration/", sort="admin"),
    Screen(
        "administration-none", "accounts:administration", "admin", "/administration/?q=zzzz", sort="admin"
    ),
    Screen("matrix", "accounts:matrix", "admin", "/administration/matrice/", sort="admin"),
    Screen(
        "matrix-changed",
        "accounts:matrix",
        "admin",
        "/administration/matrice/",
        sort="admin",
        act=prepared_changes,
    ),
    Screen("people", "accounts:people", "admin", "/administration/personnes/", sort="admin"),
    Screen("people-none", "accounts:people", "admin", "/administration/personnes/?nom=zzzz", sort="admin"),
    Screen(
        "person",
        "accounts:person",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/"),
        sort="admin",
    ),
    Screen(
        "person-refused",
        "accounts:person",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/"),
        sort="admin",
        act=refused_profile,
    ),
    Screen(
        "account",
        "accounts:account",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/", more="compte/"),
        sort="admin",
    ),
    Screen("invitations", "accounts:invitations", "admin", "/administration/invitations/", sort="admin"),
    Screen(
        "invitations-none",
        "accounts:invitations",
        "admin",
        "/administration/invitations/?adresse=zzzz",
        sort="admin",
    ),
    Screen(
        "invite-refused",
        "accounts:invite",
        "admin",
        "/administration/invitations/nouvelle/",
        sort="admin",
        act=refused_addresses,
    ),
    Screen(
        "bodies-of-single-sign-on",
        "accounts:single_sign_on",
        "admin",
        "/administration/connexion-unique/",
        sort="admin",
    ),
    Screen("journal", "accounts:journal", "admin", "/administration/journal/", sort="admin"),
    Screen(
        "journal-none", "accounts:journal", "admin", "/administration/journal/?du=2099-01-01", sort="admin"
    ),
    Screen(
        "person-sheet",
        "accounts:edit_person",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/", more="fiche/"),
        sort="admin",
    ),
    Screen(
        "membership-end",
        "accounts:extend_membership",
        "admin",
        through(
            "/administration/personnes/",
            r"/administration/personnes/\d+/",
            r"/administration/personnes/\d+/profils/\d+/prolonger/",
        ),
        sort="admin",
    ),
    Screen("delegations", "accounts:delegations", "referente", "/moi/delegations/", act=sent_empty),
    Screen("delegations-lent", "accounts:delegations", "hugo.lemaire", "/moi/delegations/"),
    Screen("delegations-none", "accounts:delegations", "agent", "/moi/delegations/"),
]
