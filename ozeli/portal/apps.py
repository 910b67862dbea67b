from django.apps import AppConfig

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, HomeBrickKind, admin_pages, home_bricks, journal_verbs


class PortalConfig(AppConfig):
    name = "ozeli.portal"

    def ready(self) -> None:
        from ozeli.activity.letters import named_by

        from . import home, logos, theming

        logos.register()
        named_by(lambda: theming.current()[0].name)

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
                code="home",
                title="Accueil et apparence",
                description="Les briques de l’accueil, le nom et les couleurs du portail\u202f; tout le monde les voit",
                path="/administration/accueil/",
                position=85,
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
        journal_verbs.register(
            **{
                "operations.retry_job": "a relancé une tâche",
                "operations.cancel_job": "a annulé une tâche",
            }
        )
        self._register_administration()
        for kind in (
            HomeBrickKind(
                "search",
                "search",
                "portal/home/_search.html",
                home.search,
                wide=True,
                description="La question qui vient d’abord\u00a0: cela existe-t-il déjà\u202f?",
            ),
            HomeBrickKind(
                "todo",
                "",
                "portal/home/_todo.html",
                home.things_to_do,
                "À faire",
                description="Ce qui attend la personne\u00a0: avis, idées à compléter, bureau d’animation.",
            ),
            HomeBrickKind(
                "text",
                "",
                "portal/home/_text.html",
                home.text,
                "Un mot de l’équipe",
                options=("text",),
                description="Un texte que vous écrivez, pour tout le monde.",
            ),
            HomeBrickKind(
                "tools",
                "tools",
                "portal/home/_tools.html",
                home.tools,
                "Vos autres outils",
                description="Les liens vers les outils voisins.",
            ),
            HomeBrickKind(
                "operations",
                "operations",
                "portal/home/_operations.html",
                home.operations,
                "Le portail lui-même",
                description="La santé du portail, pour ceux qui le font tourner.",
            ),
        ):
            home_bricks.register(kind)

    def _register_administration(self) -> None:
        from . import administration
        from .catalogues import CATALOGUES

        journal_verbs.register(**administration.VERBS)
        for kind, label in administration.KINDS.items():
            journal_verbs.name_kind(kind, label)
            journal_verbs.explain(kind, administration.said_changes)
        for place, catalogue in enumerate(CATALOGUES.values()):
            admin_pages.register(
                AdminPage(
                    code=catalogue.code,
                    title=catalogue.title,
                    description=catalogue.lede,
                    url_name="portal:catalogue",
                    url_args=(catalogue.code,),
                    brick=catalogue.brick,
                    level=Level.ADMIN,
                    position=30 + place,
                    network=True,
                    subject="portal" if catalogue.kind == "tool" else "network",
                    keywords=catalogue.keywords,
                )
            )
        for page in administration.PAGES:
            admin_pages.register(page)
