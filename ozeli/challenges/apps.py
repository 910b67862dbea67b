from django.apps import AppConfig

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, admin_pages, journal_verbs


class ChallengesConfig(AppConfig):
    name = "ozeli.challenges"

    def ready(self) -> None:
        from . import exports, home, notifications, searchable
        from .wording import VERBS, details

        bricks.register(
            Brick(
                "challenges",
                "Défis",
                "Prendre part aux défis\u202f; animer ceux de ses organismes\u202f; en ouvrir à tout le réseau.",
                path="/defis/",
                position=5,
                in_menu=True,
            )
        )
        searchable.register()
        exports.register()
        home.register()
        notifications.register()
        journal_verbs.register(**VERBS)
        journal_verbs.name_family("Défis", "challenge")
        journal_verbs.name_kind("challenge", "Défi")
        journal_verbs.explain("challenge", details)
        admin_pages.register(
            AdminPage(
                "challenges",
                "Préparer un défi",
                "Un défi national ou de branche, un hackathon, une boîte permanente, en six étapes.",
                "challenges:new",
                "challenges",
                Level.ADMIN,
                position=60,
                keywords="défi hackathon innovathon appel à investissement boîte à idées",
            )
        )
