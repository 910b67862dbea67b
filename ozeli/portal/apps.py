from django.apps import AppConfig

from ozeli.core.access import Brick, bricks
from ozeli.core.registry import HomeBrickKind, home_bricks, journal_verbs


class PortalConfig(AppConfig):
    name = "ozeli.portal"

    def ready(self) -> None:
        from . import home

        bricks.register(
            Brick(
                code="figures",
                title="Données clés",
                description="Ce que le réseau dépose, répond, essaie",
                path="/donnees-cles/",
                position=70,
            )
        )
        bricks.register(
            Brick(
                code="tools",
                title="Liens vers les outils",
                description="Les outils voisins, avec la recherche en cours",
                path="/outils/",
                position=80,
            )
        )
        bricks.register(
            Brick(
                code="operations",
                title="Exploitation",
                description="Santé, tâches, courriers, journaux techniques",
                path="/exploitation/",
                position=99,
            )
        )
        journal_verbs.register(**{"operations.retry_job": "a relancé une tâche"})
        for kind in (
            HomeBrickKind("search", "search", "portal/home/_search.html", home.search, wide=True),
            HomeBrickKind("tools", "tools", "portal/home/_tools.html", home.tools, "Vos autres outils"),
            HomeBrickKind(
                "operations",
                "operations",
                "portal/home/_operations.html",
                home.operations,
                "Le portail lui-même",
            ),
        ):
            home_bricks.register(kind)
