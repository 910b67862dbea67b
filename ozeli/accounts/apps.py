from typing import Any

from django.apps import AppConfig

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, Panel, admin_pages, journal_verbs, panels


class AccountsConfig(AppConfig):
    name = "ozeli.accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from . import exports, wording
        from . import panels as own_panels

        user_logged_in.connect(_note_session, dispatch_uid="accounts.note_session")

        bricks.register(
            Brick(
                code="rights",
                title="Droits",
                description="La matrice, les profils des personnes, le journal",
                path="/administration/personnes/",
                position=90,
            )
        )
        journal_verbs.register(**wording.VERBS)
        journal_verbs.name_family("Personnes et droits", "invitation", "rights", "people")
        journal_verbs.name_family("Comptes et connexion", "accounts", "factor", "sign_on")
        exports.register()
        panels.register(
            Panel(
                code="referents",
                target="organisation",
                brick="directory",
                template="accounts/_referents_panel.html",
                load=own_panels.referents,
                position=10,
            )
        )
        for place, (code, title, description, network, subject, keywords) in enumerate(SCREENS):
            admin_pages.register(
                AdminPage(
                    code=code,
                    title=title,
                    description=description,
                    url_name=f"accounts:{code}",
                    brick="rights",
                    level=Level.ADMIN,
                    position=10 + place,
                    network=network,
                    subject=subject,
                    keywords=keywords,
                )
            )


def _note_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """A session opens: remember where and when; one that passed the code is not asked about the second factor."""
    from allauth.account.internal.flows.login import get_authentication_records

    from . import second_factor
    from .services import sessions

    sessions.note_opened(request, user)
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        second_factor.mark(request.session)


SCREENS = (
    (
        "matrix",
        "Qui peut faire quoi",
        "La matrice des droits\u00a0: une ligne par brique, un profil par colonne.",
        True,
        "people",
        "matrice droits niveaux accès permissions briques",
    ),
    (
        "people",
        "Personnes et profils",
        "Donner un profil, sur un organisme ou sur tout le réseau, ou y mettre fin.",
        False,
        "people",
        "utilisateurs comptes agents appartenances délégation mot de passe bloqué fermer rgpd cnil effacement",
    ),
    (
        "invitations",
        "Invitations",
        "Inviter des personnes par courriel, suivre et renvoyer les invitations.",
        False,
        "people",
        "inviter ouvrir comptes courriel nouveaux arrivants",
    ),
    (
        "single_sign_on",
        "Connexion unique",
        "Ce qui désigne l’organisme de qui arrive par la connexion unique.",
        True,
        "people",
        "sso openid proconnect domaine siret mot de passe identité",
    ),
    (
        "journal",
        "Journal",
        "Les décisions et les changements de droits\u00a0: qui, quand, quoi.",
        True,
        "running",
        "historique traces audit export actes rgpd cnil preuve",
    ),
)
