"""Lifecycles as their pages show them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from ozeli.core.french import days
from ozeli.core.ui import Step

from ..models import Ending, Lifecycle, LifecycleVersion, Method, Project, Stage
from .methods import catalogue

COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """A lifecycle in the list: the version offered, or the one being composed when there is no other."""

    lifecycle: Lifecycle
    version: LifecycleVersion | None
    steps: list[Step]
    has_draft: bool


@dataclass(frozen=True, slots=True)
class ShownStage:
    """A stage, explained: what is decided at its end, how long it lasts, the methods that help."""

    stage: Stage
    facts: list[str]
    methods: list[Method]


def shown_lifecycles(*, with_all: bool) -> list[Shown]:
    """Those offered; archived ones and those only composed too, for who keeps them (`with_all`). Three queries."""
    versions = LifecycleVersion.objects.order_by("number").prefetch_related("stages")
    found = Lifecycle.objects.prefetch_related(Prefetch("versions", versions, to_attr="held"))
    if not with_all:
        found = found.filter(is_active=True)
    shown = [_shown(one) for one in found.order_by("-is_active", "position", "code")]
    return shown if with_all else [one for one in shown if one.version is not None]


def _shown(lifecycle: Lifecycle) -> Shown:
    held: list[LifecycleVersion] = lifecycle.held  # type: ignore[attr-defined]
    published = [one for one in held if one.published_on is not None]
    drafts = [one for one in held if one.published_on is None]
    read = published[-1] if published else (drafts[-1] if drafts else None)
    return Shown(
        lifecycle=lifecycle,
        version=published[-1] if published else None,
        steps=steps_of(list(read.stages.all())) if read else [],
        has_draft=bool(drafts),
    )


def steps_of(stages: list[Stage]) -> list[Step]:
    """The stages as the stepper draws them, none passed."""
    return [
        Step(one.number, one.name, note="Jalon GO ou NO GO" if one.is_gate else "", gate=one.is_gate)
        for one in stages
    ]


def shown_stages(version: LifecycleVersion) -> list[ShownStage]:
    return [
        ShownStage(one, _facts(one), [method for method in catalogue() if one.code in method.stages])
        for one in version.stages.all()
    ]


def _facts(stage: Stage) -> list[str]:
    found = []
    if stage.expected_days:
        found.append(f"Durée attendue\u00a0: {days(stage.expected_days)}")
    if stage.is_gate:
        found.append("Jalon\u00a0: une personne nommée décide GO ou NO GO")
    if stage.is_groupable and stage.number > 1:
        found.append("Peut être passée avec la précédente")
    return found


def versions_of(lifecycle: Lifecycle) -> list[LifecycleVersion]:
    """The published versions, the last first."""
    return list(
        LifecycleVersion.objects.filter(lifecycle=lifecycle, published_on__isnull=False).order_by("-number")
    )


def followers_of(version: LifecycleVersion) -> int:
    """How many projects follow a version, up to one past `COUNTED`."""
    return Project.objects.filter(lifecycle=version).order_by()[: COUNTED + 1].count()


def endings_of(version: LifecycleVersion) -> list[Ending]:
    return list(version.endings.all())
