from django.apps import AppConfig

from ozeli.core.access import Brick, bricks
from ozeli.core.registry import journal_verbs


class ProjectsConfig(AppConfig):
    name = "ozeli.projects"

    def ready(self) -> None:
        from . import notifications
        from .wording import VERBS, details

        bricks.register(
            Brick(
                "projects",
                "Expérimentations",
                "Suivre les essais et porter les siens\u202f; tenir ceux de ses organismes\u202f; régler les parcours.",
                path="/projets/",
                position=15,
                in_menu=True,
            )
        )
        notifications.register()
        journal_verbs.register(**VERBS)
        journal_verbs.name_family("Expérimentations", "project", "gate", "lifecycle", "synthesis")
        journal_verbs.name_kind("project", "Projet")
        journal_verbs.explain("project", details)
