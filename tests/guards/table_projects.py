"""The permission table of projects: read into `table.TABLE`.

`ALL` reads; `TEAM` is the owner (alice), the desk of her body (rita) and those of the network.
"""

from collections.abc import Callable
from datetime import date

from ozeli.core import clock
from ozeli.projects.enums import Role, SynthesisState
from ozeli.projects.models import (
    BudgetLine,
    Indicator,
    Lifecycle,
    LogEntry,
    Project,
    ProjectMember,
    Synthesis,
    SynthesisFile,
)
from ozeli.projects.services.lifecycles import prepare_version
from ozeli.projects.services.synthesis import add_pages
from tests.guards.table import READERS, Row, World, at
from tests.projects.factories import ProjectFactory
from tests.projects.synthesis import of_loire

ALL = READERS
TEAM = "dev,zoe=404 bob,charlie=403 *=200"


def project_of(world: World) -> Project:
    """A project under way, two stages passed, open to the network, owned by alice."""
    return Project.objects.filter(title="Table").first() or ProjectFactory(
        owner=world.people.alice, title="Table", passed=2
    )


def project(tail: str = "") -> Callable[[World], str]:
    """An address under the sheet of that project."""
    return lambda world: project_of(world).get_absolute_url() + tail


def member_of(world: World) -> ProjectMember:
    """Its coach."""
    return ProjectMember.objects.get_or_create(
        project=project_of(world),
        user=world.people.adam,
        role=Role.COACH,
        defaults={"joined_on": clock.today()},
    )[0]


def post_of(world: World) -> LogEntry:
    """A post of its logbook, written by its owner."""
    return LogEntry.objects.get_or_create(
        project=project_of(world),
        author=world.people.alice,
        defaults={"body": "Première semaine.", "written_on": clock.today()},
    )[0]


def indicator_of(world: World) -> Indicator:
    return Indicator.objects.get_or_create(project=project_of(world), name="Rappels évités")[0]


def line_of(world: World) -> BudgetLine:
    return BudgetLine.objects.get_or_create(project=project_of(world), label="Licences")[0]


ROWS: dict[str, Row] = {
    "projets/": Row(at("/projets/"), {"GET": ALL}),
    "projets/export.csv": Row(at("/projets/export.csv"), {"GET": ALL}),
    "projets/recherche/": Row(at("/projets/recherche/"), {"GET": ALL}),
    "projets/colonnes/": Row(at("/projets/colonnes/"), {"GET": ALL}),
    "projets/tableau/": Row(at("/projets/tableau/"), {"GET": ALL}),
    "projets/nouveau/": Row(at("/projets/nouveau/"), {"GET": ALL, "POST": ALL.replace("200", "422")}),
    "projets/nouveau/ressemblances/": Row(at("/projets/nouveau/ressemblances/"), {"POST": ALL}),
    "projets/<short:short>-<slug:slug>/": Row(project(), {"GET": ALL}),
    "projets/<short:short>-<slug:slug>/suivre/": Row(
        project("suivre/"), {"POST": "dev,zoe=404 *=302"}, lambda world: {"want": "1"}
    ),
    "projets/<short:short>-<slug:slug>/aide/": Row(
        project("aide/"), {"GET": ALL, "POST": ALL.replace("200", "422")}
    ),
    "projets/<short:short>-<slug:slug>/modifier/": Row(
        project("modifier/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}
    ),
    "projets/<short:short>-<slug:slug>/retirer/": Row(
        project("retirer/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}, lambda world: {"want": "1"}
    ),
    "projets/<short:short>-<slug:slug>/point/": Row(
        project("point/"),
        {"GET": TEAM, "POST": "anon=401 " + TEAM.replace("200", "422")},
        lambda world: {"progress": "300"},
    ),
    "projets/<short:short>-<slug:slug>/points/": Row(project("points/"), {"GET": ALL}),
}

KEEPERS = "dev,zoe=404 adam,sonia=200 *=403"


def course(tail: str = "") -> Callable[[World], str]:
    """An address of the administration of the shipped lifecycle, with a version being composed."""

    def path(world: World) -> str:
        lifecycle = Lifecycle.objects.get(code="poc-7")
        draft = prepare_version(lifecycle, actor=world.people.adam)
        stage, ending = draft.stages.all()[1], draft.endings.all()[0]
        return f"/administration/parcours/poc-7/{tail}".format(stage=stage.pk, ending=ending.pk)

    return path


def kept(status: int) -> str:
    return KEEPERS.replace("200", str(status))


_COURSE = "administration/parcours/<slug:code>/"
ROWS |= {
    "projets/bilans/": Row(at("/projets/bilans/"), {"GET": ALL}),
    "projets/bilans/export.csv": Row(at("/projets/bilans/export.csv"), {"GET": ALL}),
    "projets/methodes/": Row(at("/projets/methodes/"), {"GET": ALL}),
    "projets/methodes/export.csv": Row(at("/projets/methodes/export.csv"), {"GET": ALL}),
    "projets/methodes/<slug:code>/": Row(at("/projets/methodes/entretiens/"), {"GET": ALL}),
    "cimetiere/essais/": Row(at("/cimetiere/essais/"), {"GET": ALL}),
    "cimetiere/essais/export.csv": Row(at("/cimetiere/essais/export.csv"), {"GET": ALL}),
    "projets/parcours/": Row(at("/projets/parcours/"), {"GET": ALL}),
    "projets/parcours/<slug:code>/": Row(at("/projets/parcours/poc-7/"), {"GET": ALL}),
    "projets/parcours/<slug:code>/v<int:number>/": Row(at("/projets/parcours/poc-7/v1/"), {"GET": ALL}),
    _COURSE: Row(course(), {"GET": KEEPERS, "POST": kept(422)}, lambda world: {"name": ""}),
    f"{_COURSE}copier/": Row(course("copier/"), {"GET": KEEPERS, "POST": kept(422)}),
    f"{_COURSE}archiver/": Row(course("archiver/"), {"POST": kept(302)}, lambda world: {"want": "1"}),
    f"{_COURSE}deplacer/": Row(course("deplacer/"), {"POST": kept(302)}),
    f"{_COURSE}preparer/": Row(course("preparer/"), {"POST": kept(302)}),
    f"{_COURSE}version/": Row(course("version/"), {"GET": KEEPERS}),
    f"{_COURSE}version/publier/": Row(course("version/publier/"), {"GET": KEEPERS, "POST": kept(422)}),
    f"{_COURSE}version/abandonner/": Row(course("version/abandonner/"), {"GET": KEEPERS, "POST": kept(302)}),
    f"{_COURSE}version/etapes/ajouter/": Row(
        course("version/etapes/ajouter/"), {"GET": KEEPERS, "POST": kept(422)}
    ),
    f"{_COURSE}version/etapes/<int:pk>/": Row(
        course("version/etapes/{stage}/"), {"GET": KEEPERS, "POST": kept(422)}
    ),
    f"{_COURSE}version/etapes/<int:pk>/deplacer/": Row(
        course("version/etapes/{stage}/deplacer/"), {"POST": kept(302)}
    ),
    f"{_COURSE}version/etapes/<int:pk>/retirer/": Row(
        course("version/etapes/{stage}/retirer/"), {"GET": KEEPERS, "POST": kept(302)}
    ),
    f"{_COURSE}version/suites/ajouter/": Row(
        course("version/suites/ajouter/"), {"GET": KEEPERS, "POST": kept(422)}
    ),
    f"{_COURSE}version/suites/<int:pk>/": Row(
        course("version/suites/{ending}/"), {"GET": KEEPERS, "POST": kept(422)}
    ),
    f"{_COURSE}version/suites/<int:pk>/retirer/": Row(
        course("version/suites/{ending}/retirer/"), {"GET": KEEPERS, "POST": kept(302)}
    ),
    "projets/personnes/": Row(at("/projets/personnes/"), {"GET": ALL}),
    "projets/<short:short>-<slug:slug>/equipe/": Row(
        project("equipe/"),
        {"GET": ALL, "POST": f"anon=401 {TEAM.replace('200', '422')}"},
        lambda world: {"geste": "ajouter"},
    ),
    "projets/<short:short>-<slug:slug>/equipe/<int:person>/": Row(
        lambda world: project(f"equipe/{member_of(world).user_id}/")(world),
        {"GET": TEAM, "POST": TEAM.replace("200", "422")},
    ),
    "projets/<short:short>-<slug:slug>/journal/": Row(
        project("journal/"), {"GET": ALL, "POST": TEAM.replace("200", "422")}
    ),
    "projets/<short:short>-<slug:slug>/journal/<uuid:key>/": Row(
        lambda world: project(f"journal/{post_of(world).pk}/")(world),
        {"GET": TEAM, "POST": TEAM.replace("200", "422")},
    ),
    "projets/<short:short>-<slug:slug>/mesures/": Row(project("mesures/"), {"GET": ALL}),
    "projets/<short:short>-<slug:slug>/mesures/export/": Row(project("mesures/export/"), {"GET": ALL}),
    "projets/<short:short>-<slug:slug>/mesures/nouvelle/": Row(
        project("mesures/nouvelle/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}
    ),
    "projets/<short:short>-<slug:slug>/mesures/<int:number>/": Row(
        lambda world: project(f"mesures/{indicator_of(world).pk}/")(world),
        {"GET": ALL, "POST": TEAM.replace("200", "422")},
    ),
    "projets/<short:short>-<slug:slug>/mesures/<int:number>/modifier/": Row(
        lambda world: project(f"mesures/{indicator_of(world).pk}/modifier/")(world),
        {"GET": TEAM, "POST": TEAM.replace("200", "422")},
    ),
    "projets/<short:short>-<slug:slug>/budget/": Row(
        project("budget/"), {"GET": ALL, "POST": TEAM.replace("200", "422")}
    ),
    "projets/<short:short>-<slug:slug>/budget/export/": Row(project("budget/export/"), {"GET": ALL}),
    "projets/<short:short>-<slug:slug>/budget/<int:number>/": Row(
        lambda world: project(f"budget/{line_of(world).pk}/")(world),
        {"GET": TEAM, "POST": TEAM.replace("200", "422")},
    ),
    "projets/<short:short>-<slug:slug>/documents/": Row(
        project("documents/"), {"GET": ALL, "POST": TEAM.replace("200", "422")}
    ),
}

_SHEET = "projets/<short:short>-<slug:slug>/"
# The table's project is at its first gate: the desk decides it, its owner only prepares it.
ROWS |= {
    f"{_SHEET}etapes/": Row(project("etapes/"), {"GET": ALL}),
    f"{_SHEET}etapes/passer/": Row(
        project("etapes/passer/"), {"GET": TEAM, "POST": TEAM.replace("200", "409")}
    ),
    f"{_SHEET}etapes/revenir/": Row(
        project("etapes/revenir/"), {"GET": TEAM, "POST": TEAM.replace("200", "409")}
    ),
    f"{_SHEET}etapes/<int:number>/": Row(project("etapes/3/"), {"GET": ALL}),
    f"{_SHEET}etapes/<int:number>/bilan/": Row(
        project("etapes/3/bilan/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}
    ),
    f"{_SHEET}jalons/<int:number>/": Row(
        project("jalons/3/"),
        {"GET": ALL, "POST": "anon=401 dev,zoe=404 alice,bob,charlie=403 *=422"},
        lambda world: {"geste": "decider"},
    ),
    **{
        f"{_SHEET}{word}/": Row(project(f"{word}/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")})
        for word in ("lancer", "geler", "reprendre", "abandonner", "terminer", "rouvrir")
    },
}

# --- syntheses --------------------------------------------------------------------------------------------------------

WRITERS = "dev,zoe=404 alice,bob,charlie=403 *=200"
# A draft of alice's body: nobody else knows that it exists; then published, for that body alone.
DRAFTED = "rita,nora,adam,sonia=200 *=404"
PRINTED = "alice,rita,nora,adam,sonia=200 *=404"


def synthesis_of(world: World, *, published: bool = False) -> Synthesis:
    """Of alice's body, begun by rita, with the page of a project of that body."""
    state = SynthesisState.PUBLISHED if published else SynthesisState.DRAFT
    if found := Synthesis.objects.filter(state=state).first():
        return found
    one = ProjectFactory(owner=world.people.alice, title="Synthèse", started_on=date(2026, 2, 2))
    made = of_loire(world.people)
    add_pages(made, [one.pk], actor=world.people.rita)
    if published:
        Synthesis.objects.filter(pk=made.pk).update(state=state, published_on=clock.today())
        SynthesisFile.objects.create(synthesis=made, format="pdf", content=b"%PDF-", size=5, sha256="0")
    return made


def synthesis(tail: str = "", *, published: bool = False) -> Callable[[World], str]:
    """An address under a synthesis; `{page}` is the code of its project."""

    def path(world: World) -> str:
        one = synthesis_of(world, published=published)
        page = one.sections.filter(project__isnull=False).values_list("code", flat=True).first()
        return one.get_absolute_url() + tail.format(page=page)

    return path


def written(status: int) -> str:
    return WRITERS.replace("200", str(status))


_SYNTHESIS = "projets/syntheses/<uuid:pk>/"
ROWS |= {
    "projets/syntheses/": Row(at("/projets/syntheses/"), {"GET": ALL}),
    "projets/syntheses/export.csv": Row(at("/projets/syntheses/export.csv"), {"GET": ALL}),
    "projets/syntheses/nouvelle/": Row(
        at("/projets/syntheses/nouvelle/"), {"GET": WRITERS, "POST": written(422)}
    ),
    _SYNTHESIS: Row(synthesis(), {"GET": DRAFTED}),
    f"{_SYNTHESIS}modifier/": Row(synthesis("modifier/"), {"GET": WRITERS, "POST": written(422)}),
    f"{_SYNTHESIS}publier/": Row(synthesis("publier/"), {"GET": WRITERS, "POST": written(409)}),
    f"{_SYNTHESIS}interrompre/": Row(synthesis("interrompre/"), {"POST": written(302)}),
    f"{_SYNTHESIS}retirer/": Row(
        synthesis("retirer/", published=True),
        {"GET": WRITERS, "POST": written(422)},
    ),
    f"{_SYNTHESIS}supprimer/": Row(synthesis("supprimer/"), {"GET": WRITERS, "POST": written(302)}),
    f"{_SYNTHESIS}pages/": Row(synthesis("pages/"), {"GET": WRITERS, "POST": written(302)}),
    f"{_SYNTHESIS}pages/<slug:code>/": Row(synthesis("pages/{page}/"), {"GET": DRAFTED}),
    f"{_SYNTHESIS}sections/<slug:code>/": Row(
        synthesis("sections/essentiel/"),
        {"GET": WRITERS, "POST": "anon=401 " + written(422)},
        lambda world: {"version": "1", "body": "Sans source [99]."},
    ),
    f"{_SYNTHESIS}sections/<slug:code>/refaire/": Row(
        synthesis("sections/essentiel/refaire/"), {"GET": WRITERS, "POST": written(409)}
    ),
    f"{_SYNTHESIS}sources/<slug:code>/<int:number>/": Row(synthesis("sources/{page}/1/"), {"GET": DRAFTED}),
    f"{_SYNTHESIS}synthese.<slug:kind>": Row(synthesis("synthese.pdf", published=True), {"GET": PRINTED}),
}

# --- figures ----------------------------------------------------------------------------------------------------------

_FIGURES = "projets/consolidation/"
ROWS |= {
    _FIGURES: Row(at("/projets/consolidation/"), {"GET": ALL}),
    f"{_FIGURES}tableaux/": Row(at("/projets/consolidation/tableaux/"), {"GET": ALL}),
    f"{_FIGURES}etapes/": Row(at("/projets/consolidation/etapes/"), {"GET": ALL}),
    f"{_FIGURES}budget/": Row(at("/projets/consolidation/budget/"), {"GET": ALL}),
    f"{_FIGURES}par/<slug:code>/": Row(at("/projets/consolidation/par/annees/"), {"GET": ALL}),
    f"{_FIGURES}export/<slug:code>.csv": Row(at("/projets/consolidation/export/causes.csv"), {"GET": ALL}),
    "projets/a-faire/": Row(at("/projets/a-faire/"), {"GET": ALL}),
}

__all__ = ["ALL", "ROWS", "TEAM", "at", "project"]
