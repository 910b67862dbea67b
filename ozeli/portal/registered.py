"""What this app brings to the matrix of rights, the journal, the administration and the home."""

from ozeli.activity.letters import named_by
from ozeli.core.access import Brick, Level, bricks
from ozeli.core.registry import AdminPage, HomeBrickKind, admin_pages, home_bricks, journal_verbs

from . import administration, home, logos, theming
from .catalogues import CATALOGUES, Catalogue

BRICKS = (
    Brick(
        code="figures",
        title="Données clés",
        description="Ce que le réseau dépose, répond, essaie",
        path="/donnees-cles/",
        position=70,
    ),
    Brick(
        code="tools",
        title="Liens vers les outils",
        description="Les outils voisins, avec la recherche en cours",
        path="/outils/",
        position=80,
    ),
    Brick(
        code="home",
        title="Accueil et apparence",
        description="Les briques de l’accueil, le nom et les couleurs du portail\u202f; tout le monde les voit",
        path="/administration/accueil/",
        position=85,
    ),
    Brick(
        code="operations",
        title="Exploitation",
        description="Santé, tâches, courriers, journaux techniques",
        path="/exploitation/",
        position=99,
    ),
)
VERBS = administration.VERBS | {
    "operations.retry_job": "a relancé une tâche",
    "operations.cancel_job": "a annulé une tâche",
}
HOME_BRICKS = (
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
)


def register() -> None:
    logos.register()
    named_by(lambda: theming.current()[0].name)
    for brick in BRICKS:
        bricks.register(brick)
    journal_verbs.register(**VERBS)
    journal_verbs.name_family("Réglages", "setting")
    journal_verbs.name_family("Exploitation", "operations")
    for code, label in administration.KINDS.items():
        journal_verbs.name_kind(code, label)
        journal_verbs.explain(code, administration.said_changes)
    for place, catalogue in enumerate(CATALOGUES.values()):
        admin_pages.register(_page(catalogue, place))
    for page in administration.PAGES:
        admin_pages.register(page)
    for kind in HOME_BRICKS:
        home_bricks.register(kind)


def _page(catalogue: Catalogue, place: int) -> AdminPage:
    return AdminPage(
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
