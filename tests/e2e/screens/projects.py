"""Experiments: list and search, the sheet by its states and its readers, stages and gates, figures, syntheses."""

import re
from collections.abc import Callable

from ..visitor import Visitor
from .acts import sent_empty
from .screen import Screen, link

OWNER, DESK, KEEPER = "agent", "contributrice", "admin"
SHEET = r"/projets/[0-9a-z]{12}-[^/\"]+/"


def named(words: str, more: str = "") -> Callable[[Visitor], str]:
    """The address of the project whose slug begins so, under which `more` stands."""
    return link(f"/projets/?mots={words}", rf"/projets/[0-9a-z]{{12}}-[^/\"]*{words}[^/\"]*/", more=more)


def mine(more: str = "") -> Callable[[Visitor], str]:
    """Under the project that the agent of the demonstration carries."""
    return named("transfert", more)


def under(page: str, pattern: str) -> Callable[[Visitor], str]:
    """The first address of this form in a page of that project."""
    return lambda visitor: link(mine(page)(visitor), pattern)(visitor)


def drafted(tail: str = "") -> Callable[[Visitor], str]:
    """Under a synthesis of the half-year before, written from the data and not published."""

    def path(visitor: Visitor) -> str:
        found = visitor.context.request.get(visitor.portal.url + "/projets/syntheses/?etat=brouillon").text()
        known = re.search(r'href="(/projets/syntheses/[0-9a-f-]{36}/)"', found)
        if known is not None:
            return known[1] + tail
        visitor.open("/projets/syntheses/nouvelle/")
        visitor.press("Écrire la première version")
        return visitor.path() + tail

    return path


SCREENS = [
    Screen("projects", "projects:list", "agent", "/projets/", sort="list"),
    Screen("projects-none", "projects:list", "agent", "/projets/?mots=zzzzzz", sort="list"),
    Screen("projects-frozen", "projects:list", DESK, "/projets/?statut=gele", sort="list"),
    Screen("projects-search", "projects:search", "agent", "/projets/recherche/"),
    Screen("projects-columns", "projects:columns", "agent", "/projets/colonnes/"),
    Screen("projects-board", "projects:board", "agent", "/projets/tableau/", sort="list"),
    Screen("project-new", "projects:new", "agent", "/projets/nouveau/"),
    Screen("project-new-empty", "projects:new", "agent", "/projets/nouveau/", act=sent_empty),
    Screen("project-of-its-owner", "projects:sheet", OWNER, mine()),
    Screen("project-of-a-reader", "projects:sheet", "nadia.ferrand", mine()),
    Screen("project-to-launch", "projects:sheet", "aissata.traore", named("simulateur")),
    Screen("project-frozen", "projects:sheet", DESK, named("factures")),
    Screen("project-given-up", "projects:sheet", "agent", named("identite")),
    Screen("project-completed", "projects:sheet", "agent", named("courriels")),
    Screen("project-edit", "projects:edit", OWNER, mine("modifier/")),
    Screen("project-update", "projects:update", OWNER, mine("point/")),
    Screen("project-updates", "projects:updates", OWNER, mine("points/"), sort="list"),
    Screen("project-help", "projects:help", "nadia.ferrand", mine("aide/")),
    Screen("project-withdraw", "projects:withdraw", OWNER, mine("retirer/")),
    Screen("project-stages", "projects:stages", OWNER, mine("etapes/")),
    Screen("project-stage", "projects:stage", "agent", mine("etapes/3/")),
    Screen("project-report", "projects:report", OWNER, mine("etapes/5/bilan/")),
    Screen("project-pass", "projects:pass", OWNER, mine("etapes/passer/")),
    Screen("project-take-back", "projects:take_back", OWNER, mine("etapes/revenir/")),
    Screen("project-gate-decided", "projects:gate", "agent", mine("jalons/3/")),
    Screen("project-gate-prepared", "projects:gate", OWNER, mine("jalons/7/")),
    Screen("project-gate-to-decide", "projects:gate", "benoit.carrere", mine("jalons/7/")),
    Screen("project-freeze", "projects:freeze", OWNER, mine("geler/")),
    Screen("project-freeze-refused", "projects:freeze", OWNER, mine("geler/"), act=sent_empty),
    Screen("project-give-up", "projects:give_up", OWNER, mine("abandonner/")),
    Screen("project-complete", "projects:complete", OWNER, mine("terminer/")),
    Screen("project-launch", "projects:launch", "aissata.traore", named("simulateur", "lancer/")),
    Screen("project-resume", "projects:resume", "rachid.amrani", named("factures", "reprendre/")),
    Screen("project-reopen", "projects:reopen", "estelle.hoffmann", named("identite", "rouvrir/")),
    Screen("project-log", "projects:log", OWNER, mine("journal/"), sort="list"),
    Screen("project-team", "projects:team", OWNER, mine("equipe/")),
    Screen("project-documents", "projects:documents", OWNER, mine("documents/")),
    Screen("project-indicators", "projects:indicators", "agent", mine("mesures/")),
    Screen("project-indicator-new", "projects:indicator_new", OWNER, mine("mesures/nouvelle/")),
    Screen("project-budget", "projects:budget", OWNER, mine("budget/")),
    Screen("consolidation", "projects:consolidation", "agent", "/projets/consolidation/", sort="list"),
    Screen(
        "consolidation-stages",
        "projects:consolidation_stages",
        "agent",
        "/projets/consolidation/etapes/",
        sort="list",
    ),
    Screen(
        "consolidation-budget",
        "projects:consolidation_budget",
        "agent",
        "/projets/consolidation/budget/",
        sort="list",
    ),
    Screen(
        "consolidation-by",
        "projects:consolidation_by",
        "agent",
        "/projets/consolidation/par/branches/",
        sort="list",
    ),
    Screen("projects-todo", "projects:todo", OWNER, "/projets/a-faire/", sort="list"),
    Screen("syntheses", "projects:syntheses", "agent", "/projets/syntheses/", sort="list"),
    Screen("synthesis-new", "projects:synthesis_new", DESK, "/projets/syntheses/nouvelle/"),
    Screen("project-member", "projects:member", OWNER, under("equipe/", rf"{SHEET}equipe/[0-9]+/")),
    Screen("project-post", "projects:post", OWNER, under("journal/", rf"{SHEET}journal/[0-9a-f-]{{36}}/")),
    Screen("project-indicator", "projects:indicator", OWNER, under("mesures/", rf"{SHEET}mesures/[0-9]+/")),
    Screen("project-indicator-edit", "projects:indicator_edit", OWNER, mine("mesures/1/modifier/")),
    Screen("project-budget-line", "projects:budget_line", OWNER, under("budget/", rf"{SHEET}budget/[0-9]+/")),
    Screen(
        "consolidation-tables",
        "projects:consolidation_tables",
        "agent",
        "/projets/consolidation/tableaux/",
        sort="list",
    ),
    Screen("synthesis", "projects:synthesis", DESK, drafted(), sort="list"),
    *(
        Screen(f"synthesis-{name}", f"projects:synthesis_{name}", DESK, drafted(tail))
        for name, tail in (
            ("edit", "modifier/"),
            ("pages", "pages/"),
            ("publish", "publier/"),
            ("drop", "supprimer/"),
        )
    ),
]
