from django.apps import AppConfig

from ozeli.core.access import Brick, bricks
from ozeli.core.registry import journal_verbs


class IdeasConfig(AppConfig):
    name = "ozeli.ideas"

    def ready(self) -> None:
        from . import (
            attachments,
            exports,
            home,
            imports,
            listings,
            notifications,
            notifications_people,
            searchable,
            todo,
        )
        from .wording import VERBS, details

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
        attachments.register()
        searchable.register()
        listings.register()
        exports.register()
        home.register()
        imports.register()
        todo.register()
        notifications.register()
        notifications_people.register()
        journal_verbs.register(**VERBS)
        journal_verbs.explain("idea", details)
