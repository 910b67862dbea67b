"""What the stages of a lifecycle say: who ever came there, who passed them, how long it took."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from ozeli.core.memo import kept_for
from ozeli.core.ui import Link

from ..enums import State
from ..forms.filters import STATE_WORDS
from ..models import Ending, Stage
from ..selectors.consolidation import Figures
from ..selectors.listing import SLOW
from ..selectors.vocabulary import Course, Step
from .frame import Cell, Consolidation, Row, Table

DAY = "j"


@dataclass(frozen=True, slots=True)
class Spell:
    """What a stage counts: how many ever began it and passed it, how long it took those who passed it."""

    step: Step
    entered: int
    passed: int
    days: Counter[int]
    expected: int | None
    slow: int

    @property
    def measured(self) -> int:
        return sum(self.days.values())


@kept_for(60)
def _expected() -> dict[int, int | None]:
    """Stage → the days that it is expected to take."""
    return dict(Stage.objects.order_by("pk").values_list("pk", "expected_days"))


@kept_for(60)
def _endings() -> tuple[tuple[int, int, str, str], ...]:
    """(id, version, code, name) of every ending, in order, the last version first."""
    rows = Ending.objects.order_by("-version__number", "position", "pk")
    return tuple(rows.values_list("pk", "version_id", "code", "name"))


def spells(figures: Figures, course: Course) -> list[Spell]:
    """Each stage of the lifecycle, all its versions together."""
    held: dict[int, list[tuple[bool, int | None, int]]] = defaultdict(list)
    for (stage, is_passed, days), n in figures.stage.n.items():
        held[stage].append((is_passed, days, n))
    return [_spell(step, held) for step in course.steps]


def _spell(step: Step, held: Mapping[int, list[tuple[bool, int | None, int]]]) -> Spell:
    days: Counter[int] = Counter()
    entered = passed = slow = 0
    for stage in step.ids:
        expected = _expected().get(stage)
        for is_passed, spent, n in held.get(stage, ()):
            entered += n
            if is_passed:
                passed += n
                if spent is not None:
                    days[spent] += n
                    slow += n if expected is not None and spent > SLOW * expected else 0
    return Spell(step, entered, passed, +days, _expected().get(step.ids[-1]), slow)


def steps(found: Consolidation) -> Table:
    """Who ever began each stage, then passed it, and the days it took: the middle half, the slow ones."""
    rows: list[Row] = []
    for spell in spells(found.figures, found.course) if found.course else ():
        at = {"parcours": found.course.code if found.course else ""}
        code = spell.step.code
        low, middle, high = quartiles(spell.days)
        rows.append(
            (
                Cell(f"{spell.step.number}. {spell.step.name}"),
                Cell(spell.entered, found.list_url(**at, atteinte=code)),
                Cell(spell.passed, found.list_url(**at, franchie=code)),
                Cell(spell.measured),
                *((Cell(round(one), unit=DAY) if spell.days else Cell("–")) for one in (low, middle, high)),
                Cell(spell.expected, unit=DAY) if spell.expected is not None else Cell("–"),
                Cell(spell.slow, found.list_url(**at, franchie=code, lente=code)),
            )
        )
    head = (
        "Étape", "L’ont commencée", "L’ont passée", "Durées connues", "Un quart sous", "Médiane", "Un quart au-delà de",
        "Temps attendu", "Plus du double",
    )  # fmt: skip
    return Table("etapes", "Les étapes commencées, passées, et le temps qu’elles ont pris", head, tuple(rows))


def endings(found: Consolidation) -> Table:
    """How many projects ever had each ending of the lifecycle, even those that went on afterwards."""
    names: dict[str, tuple[str, list[int]]] = {}
    for key, version, code, name in _endings():
        if found.course and version in found.course.versions:
            names.setdefault(code, (name, []))[1].append(key)
    counted = found.figures.ending.n
    rows = tuple(
        (
            Cell(name),
            Cell(
                sum(counted[key] for key in keys),
                found.list_url(parcours=found.course.code if found.course else "", issue=code),
            ),
        )
        for code, (name, keys) in names.items()
    )
    return Table("suites", "Les suites déjà données", ("Suite", "Projets"), rows)


def still_there(found: Consolidation) -> list[Link]:
    """For each stage with an expected time, the list of the projects that stand at it past twice that time.

    Without their number: it changes with the day, not with what anybody does.
    """
    if found.course is None:
        return []
    at = {"parcours": found.course.code, "statut": STATE_WORDS[State.UNDER_WAY]}
    return [
        Link(step.name, found.list_url(**at, etape=step.code, lente=step.code))
        for step in found.course.steps
        if _expected().get(step.ids[-1]) is not None
    ]


def quartiles(days: Counter[int]) -> tuple[float, float, float]:
    """First quartile, median, third quartile of (value → how many), between two values as PostgreSQL does."""
    values = sorted(days)
    if not values:
        return 0.0, 0.0, 0.0
    below = list(accumulate(days[value] for value in values))

    def at(share: float) -> float:
        place = share * (below[-1] - 1)
        low = values[bisect_right(below, int(place))]
        high = values[bisect_right(below, min(int(place) + 1, below[-1] - 1))]
        return low + (high - low) * (place - int(place))

    return at(0.25), at(0.5), at(0.75)
