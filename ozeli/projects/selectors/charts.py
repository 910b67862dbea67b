"""What the life of a project gives to draw: an indicator along time, the budget as a whole and its parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ozeli.core.charts import DayPoint, Part
from ozeli.core.french import NBSP, long_date, number

from ..models import Indicator, Measure, Project


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator and its measures, the oldest first: the chart, its sentence and the rows of its table."""

    indicator: Indicator
    points: list[DayPoint] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The chart in a sentence."""
        one = self.indicator
        if not self.points:
            return one.name
        first, last = self.points[0], self.points[-1]
        said = f"{valued(last.value, one.unit)} le {long_date(last.on)}"
        if len(self.points) > 1:
            said = f"{valued(first.value, one.unit)} le {long_date(first.on)}, {said}"
        goal = "" if one.target is None else f", cible {valued(one.target, one.unit)}"
        return f"{one.name}{NBSP}: {said}{goal}"

    @property
    def last(self) -> DayPoint | None:
        return self.points[-1] if self.points else None

    @property
    def last_said(self) -> str:
        return valued(self.last.value, self.indicator.unit) if self.last else ""

    @property
    def head(self) -> tuple[str, str]:
        """The titles of its table."""
        return ("Jour", f"Valeur ({self.indicator.unit})" if self.indicator.unit else "Valeur")

    @property
    def start(self) -> str:
        return "" if self.indicator.baseline is None else valued(self.indicator.baseline, self.indicator.unit)

    @property
    def goal(self) -> str:
        return "" if self.indicator.target is None else valued(self.indicator.target, self.indicator.unit)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The newest first, as its table shows them."""
        return [(long_date(one.on), one.shown) for one in reversed(self.points)]


def valued(value: Decimal | int | float, unit: str) -> str:
    """« 48,5 % », without idle zeros."""
    plain = Decimal(value).normalize() + 0
    said = number(int(plain)) if plain == plain.to_integral_value() else number(plain)
    return f"{said}{NBSP}{unit}" if unit else said


def measured(indicators: Sequence[Indicator]) -> list[Measured]:
    """Indicators with their measures, in one query."""
    found = {one.pk: Measured(one) for one in indicators}
    if found:
        rows = Measure.objects.filter(indicator__in=list(found)).order_by("measured_on", "pk")
        for key, day, value in rows.values_list("indicator_id", "measured_on", "value"):
            one = found[key]
            one.points.append(DayPoint(day, value, valued(value, one.indicator.unit)))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Spending:
    """The budget of a project, from the sums that it keeps: its bar, its sentence, what to check."""

    planned: Decimal
    committed: Decimal
    spent: Decimal

    def __bool__(self) -> bool:
        return bool(self.planned or self.committed or self.spent)

    @property
    def parts(self) -> list[Part]:
        """Side by side: paid, ordered and not yet paid, planned and not yet ordered."""
        ordered = max(self.committed - self.spent, Decimal(0))
        free = max(self.planned - max(self.committed, self.spent), Decimal(0))
        return [
            Part("Dépensé", self.spent, "c1", euros(self.spent), self._share(self.spent)),
            Part(
                "Engagé, dépensé compris",
                ordered,
                "hatch",
                euros(self.committed),
                self._share(self.committed),
            ),
            Part("Prévu", free, "c-plan", euros(self.planned)),
        ]

    def _share(self, amount: Decimal) -> str:
        return f"{number(round(100 * amount / self.planned))}{NBSP}%" if self.planned else ""

    @property
    def label(self) -> str:
        return f"{euros(self.spent)} dépensés et {euros(self.committed)} engagés sur {euros(self.planned)} prévus"

    @property
    def planned_said(self) -> str:
        return euros(self.planned)

    @property
    def warnings(self) -> list[str]:
        """What deserves a look: said, never refused."""
        return said_of(self.planned, self.committed, self.spent)


def spending_of(project: Project) -> Spending:
    return Spending(project.budget_planned, project.budget_committed, project.budget_spent)


def said_of(planned: Decimal, committed: Decimal, spent: Decimal) -> list[str]:
    """What is odd in three amounts: paid without being ordered, ordered beyond the plan."""
    said = []
    if spent > committed:
        said.append(
            f"Le dépensé dépasse l’engagé de {euros(spent - committed)}{NBSP}: l’engagé compte aussi ce qui est payé."
        )
    if committed > planned:
        said.append(f"L’engagé dépasse le prévu de {euros(committed - planned)}.")
    return said


def euros(amount: Decimal) -> str:
    """« 18 200 € », and cents only where there are some."""
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{number(amount, places)}{NBSP}€"
