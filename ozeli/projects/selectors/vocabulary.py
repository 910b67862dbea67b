"""Lifecycles, stages and endings as filters name them: by code, whatever the version. A minute old at most."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from ozeli.core.memo import kept_for

from ..models import Ending, LifecycleVersion, Stage


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a lifecycle in all its versions: the name is that of the last one."""

    code: str
    name: str
    number: int
    ids: tuple[int, ...]
    # Where a project stands at it: (version of the lifecycle, number).
    places: tuple[tuple[int, int], ...]
    # (stage, days that it is expected to last), where that is said.
    expected: tuple[tuple[int, int], ...] = ()

    @property
    def versions(self) -> list[int]:
        return [version for version, _number in self.places]


@dataclass(frozen=True, slots=True)
class Course:
    """A lifecycle and what its versions hold."""

    code: str
    name: str
    versions: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """An ending, in every lifecycle that has it: « Déployer »."""

    code: str
    name: str
    ids: tuple[int, ...]


@kept_for(60)
def courses() -> tuple[Course, ...]:
    """The lifecycles, archived ones too: projects still follow them."""
    versions = LifecycleVersion.objects.filter(published_on__isnull=False).select_related("lifecycle")
    rows = versions.order_by("lifecycle__position", "lifecycle__code", "number")
    held: dict[str, tuple[str, list[int]]] = {}
    for version in rows:
        held.setdefault(version.lifecycle.code, (version.lifecycle.name, []))[1].append(version.pk)
    stages = list(Stage.objects.order_by("version__number", "number"))
    return tuple(
        Course(code, name, tuple(ids), _steps([one for one in stages if one.version_id in ids]))
        for code, (name, ids) in held.items()
    )


def _steps(stages: list[Stage]) -> tuple[Step, ...]:
    """Those of the versions of one lifecycle, the oldest first: the last name and number are kept."""
    last = {stage.code: stage for stage in stages}
    return tuple(
        Step(
            stage.code,
            stage.name,
            stage.number,
            tuple(one.pk for one in stages if one.code == stage.code),
            tuple((one.version_id, one.number) for one in stages if one.code == stage.code),
            tuple(
                (one.pk, one.expected_days) for one in stages if one.code == stage.code and one.expected_days
            ),
        )
        for stage in sorted(last.values(), key=lambda one: one.number)
    )


@kept_for(60)
def outcomes() -> tuple[Outcome, ...]:
    """The endings, in the order of the lifecycles: those of one code together."""
    found: dict[str, tuple[str, list[int]]] = {}
    for ending in Ending.objects.order_by(
        "version__lifecycle__position", "version__lifecycle__code", "-version__number", "position", "pk"
    ):
        found.setdefault(ending.code, (ending.name, []))[1].append(ending.pk)
    return tuple(Outcome(code, name, tuple(ids)) for code, (name, ids) in found.items())


def course(code: str) -> Course | None:
    return next((one for one in courses() if one.code == code), None)


def steps_named(code: str, within: Course | None = None) -> tuple[Step, ...]:
    """The stages of that code, in one lifecycle or in all."""
    return tuple(
        step for one in ((within,) if within else courses()) for step in one.steps if step.code == code
    )


def standing_at(steps: Iterable[Step]) -> Q:
    """The projects that stand at one of these stages."""
    here = Q(pk__in=[])
    for step in steps:
        for version, number in step.places:
            here |= Q(lifecycle=version, stage_number=number)
    return here


@kept_for(60)
def stage_names() -> dict[tuple[int, int], str]:
    """(version, number) → name: where a project stands, without a query a row."""
    return {(stage.version_id, stage.number): stage.name for stage in Stage.objects.order_by("pk")}


@kept_for(60)
def ending_names() -> dict[int, str]:
    return dict(Ending.objects.order_by("pk").values_list("pk", "name"))


@kept_for(60)
def course_names() -> dict[int, str]:
    """Version → name of its lifecycle."""
    return dict(LifecycleVersion.objects.order_by("pk").values_list("pk", "lifecycle__name"))
