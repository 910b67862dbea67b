from django.apps import AppConfig

from ozeli.core.access import Brick, bricks


class SearchConfig(AppConfig):
    name = "ozeli.search"

    def ready(self) -> None:
        bricks.register(
            Brick(
                code="search",
                title="Recherche",
                description="Retrouver une idée ou un organisme dans tout le réseau",
                path="/recherche/",
                position=50,
            )
        )
