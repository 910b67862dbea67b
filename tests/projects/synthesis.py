"""What the tests of syntheses share: a half-year with something in it."""

from datetime import date
from typing import Any

from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, State, Verdict
from ozeli.projects.models import Gate, Project, ProjectMove, Synthesis
from ozeli.projects.services import synthesis as services
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def project(title: str, *, on: date = date(2026, 3, 3), **more: Any) -> Project:
    """A project started `on`, in the half-year unless told otherwise."""
    return ProjectFactory(title=title, started_on=on, created_on=on, touched_on=on, **more)


def moved(one: Project, transition: str, source: str, target: str, on: date, **more: Any) -> ProjectMove:
    return ProjectMove.objects.create(
        project=one, transition=transition, source=source, target=target, made_on=on, **more
    )


def half_year(cast: Cast) -> dict[str, Project]:
    """A project of each fate, of alice’s body: started, ended, stopped, frozen; and one of the half-year before."""
    made = {
        "going": project("Accueil du mercredi", owner=cast.alice, passed=2, budget_planned=12_000),
        "before": project("Borne d’orientation", owner=cast.alice, on=date(2025, 9, 1)),
        "ended": project(
            "Rappel par SMS", owner=cast.alice, state=State.COMPLETED, ended_on=date(2026, 5, 2), passed=7
        ),
        "stopped": project(
            "Visio en agence",
            owner=cast.alice,
            state=State.ABANDONED,
            cause=Cause.BUDGET,
            ended_on=date(2026, 4, 1),
        ),
        "frozen": project("Carnet d’accueil", owner=cast.alice, state=State.FROZEN, cause=Cause.KEY_PERSON),
    }
    ending = made["ended"].lifecycle.endings.get(code="deploy")
    Project.objects.filter(pk=made["ended"].pk).update(ending=ending)
    for one in made.values():
        one.reports.update(entered_on=one.started_on, passed_on=None)
    for number in (1, 2):
        made["going"].reports.filter(stage__number=number).update(passed_on=date(2026, 3, 10 + number))
    made["going"].reports.filter(stage__number=2).update(
        is_told=True, practices="Montrer la maquette à trois agents", written_on=date(2026, 3, 12)
    )
    _moves(made, ending)
    return made


def _moves(made: dict[str, Project], ending: Any) -> None:
    under_way = State.UNDER_WAY
    moved(
        made["ended"], "complete", under_way, State.COMPLETED, date(2026, 5, 2), ending=ending, note="Adopté."
    )
    moved(
        made["stopped"],
        "give_up",
        under_way,
        State.ABANDONED,
        date(2026, 4, 1),
        cause=Cause.BUDGET,
        note="Le devis a triplé",
        lesson="Demander un éditeur de textes avant de signer.",
    )
    moved(made["frozen"], "freeze", under_way, State.FROZEN, date(2026, 6, 2), cause=Cause.KEY_PERSON)
    Gate.objects.create(
        project=made["going"],
        stage=made["going"].lifecycle.stages.get(number=3),
        verdict=Verdict.GO,
        reason="L’intérêt est là.",
        decided_on=date(2026, 6, 20),
    )


def draft(cast: Cast, **more: Any) -> Synthesis:
    """A draft about the network, open to it, over the half-year."""
    values = {
        "scope": Audience.NETWORK,
        "audience": Audience.NETWORK,
        "starts_on": FIRST,
        "ends_on": LAST,
        "signature": "Anne Roche, directrice de l’innovation",
    }
    actor = more.pop("actor", cast.nora)
    return services.create(values | more, actor=actor)


def of_loire(cast: Cast, **more: Any) -> Synthesis:
    """A draft about alice's body, for its readers alone."""
    scope = {
        "scope": Audience.ORGANISATION,
        "audience": Audience.ORGANISATION,
        "organisation": cast.loire,
        "branch": cast.loire.branch,
    }
    return draft(cast, **scope | {"actor": cast.rita} | more)
