from django.apps import AppConfig

from ozeli.core.access import Brick, bricks


class ChallengesConfig(AppConfig):
    name = "ozeli.challenges"

    def ready(self) -> None:
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
