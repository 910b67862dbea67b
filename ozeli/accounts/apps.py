from django.apps import AppConfig

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, Panel, admin_pages, journal_verbs, panels


class AccountsConfig(AppConfig):
    name = "ozeli.accounts"

    def ready(self) -> None:
        from . import panels as own_panels
        from . import wording

        bricks.register(
            Brick(
                code="rights",
                title="Droits",
                description="La matrice, les profils des personnes, le journal",
                path="/administration/",
                position=90,
            )
        )
        journal_verbs.register(**wording.VERBS)
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
        for place, (code, title, description, network) in enumerate(SCREENS):
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
                )
            )


SCREENS = (
    (
        "matrix",
        "Qui peut faire quoi",
        "La matrice des droits\u00a0: une ligne par brique, un profil par colonne.",
        True,
    ),
    (
        "people",
        "Personnes et profils",
        "Donner un profil, sur un organisme ou sur tout le réseau, ou y mettre fin.",
        False,
    ),
    ("journal", "Journal", "Les décisions et les changements de droits\u00a0: qui, quand, quoi.", True),
)
