from django.apps import AppConfig

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, PageTab, admin_pages, journal_verbs, page_tabs


class IdeasConfig(AppConfig):
    name = "ozeli.ideas"

    def ready(self) -> None:
        from . import (
            attachments,
            challenge_pages,
            exports,
            home,
            imports,
            listings,
            listings_challenges,
            notifications,
            notifications_leads,
            notifications_people,
            searchable,
            todo,
            tools,
        )
        from .exchange import exports as exchanged
        from .exchange import importer

        _register_pages()
        for part in (
            attachments,
            challenge_pages,
            searchable,
            listings,
            listings_challenges,
            exports,
            home,
            imports,
            exchanged,
            importer,
            todo,
            tools,
            notifications,
            notifications_people,
            notifications_leads,
        ):
            part.register()
        _register_words()


def _register_pages() -> None:
    """The brick of the matrix, and what the administration offers."""
    bricks.register(
        Brick(
            "ideas",
            "Idées",
            "Déposer, voter, commenter, suivre\u202f; au bureau d’animation\u00a0: qualifier, étudier, répondre.",
            path="/idees/",
            position=10,
            in_menu=True,
        )
    )
    admin_pages.register(
        AdminPage(
            code="leads",
            title="Responsables des réponses",
            description="Dans chaque organisme, la personne jusqu’à qui remontent les réponses en retard.",
            url_name="ideas:leads",
            brick="ideas",
            level=Level.ADMIN,
            position=37,
            subject="network",
            keywords="délai retard escalade remontée réponse promesse référent",
        )
    )
    page_tabs.register(
        PageTab("graveyard", "graveyard", "Idées non retenues", "/cimetiere/", "ideas", position=10)
    )


def _register_words() -> None:
    """How the journal says the acts on ideas."""
    from .wording import VERBS, details, of_answers

    journal_verbs.register(**VERBS)
    journal_verbs.name_family("Idées et équipes", "idea", "team")
    journal_verbs.name_family(
        "Réponses et modération", "decision", "template", "moderation", "answers", "lesson"
    )
    journal_verbs.explain("idea", details)
    journal_verbs.explain("answers", of_answers)
    journal_verbs.name_kind("answers", "Responsable des réponses")
