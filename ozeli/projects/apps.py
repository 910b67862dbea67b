from django.apps import AppConfig

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, admin_pages, journal_verbs


class ProjectsConfig(AppConfig):
    name = "ozeli.projects"

    def ready(self) -> None:
        from . import (
            attachments,
            exports,
            exports_knowledge,
            exports_synthesis,
            home,
            imports,
            listings,
            listings_knowledge,
            listings_life,
            notifications,
            notifications_life,
            notifications_reminders,
            notifications_sheet,
            notifications_stages,
            notifications_synthesis,
            panels,
            panels_knowledge,
            searchable,
            todo,
        )
        from .startups import importer as startups
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
        notifications_stages.register()
        notifications_sheet.register()
        notifications_life.register()
        notifications_reminders.register()
        notifications_synthesis.register()
        for part in (
            attachments,
            exports,
            listings,
            exports_knowledge,
            exports_synthesis,
            listings_knowledge,
            listings_life,
            panels,
            panels_knowledge,
            searchable,
            imports,
            startups,
            home,
            todo,
        ):
            part.register()
        admin_pages.register(
            AdminPage(
                code="lifecycles",
                title="Parcours des essais",
                description="Étapes, questions et jalons\u00a0: copier un parcours, en composer une version.",
                url_name="projects:lifecycles",
                brick="projects",
                level=Level.ADMIN,
                position=38,
                network=True,
                subject="network",
                keywords="étape jalon GO bilan POC startup version suite",
            )
        )
        journal_verbs.register(**VERBS)
        journal_verbs.name_family("Expérimentations", "project", "gate", "lifecycle", "synthesis")
        journal_verbs.name_kind("project", "Projet")
        journal_verbs.explain("project", details)
        journal_verbs.name_kind("synthesis", "Synthèse")
        journal_verbs.explain("synthesis", details)
