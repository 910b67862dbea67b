"""Periods of a synthesis: half-years offered, or any two days; each knows the one before and how French says it."""

from dataclasses import dataclass
from datetime import date, timedelta

from ozeli.core.french import NBSP, day_of_month, long_date, month

_DAY = timedelta(days=1)
OFFERED = 4


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to another, both included."""

    first: date
    last: date

    @property
    def is_half_year(self) -> bool:
        return self in (half_year(self.first.year, 1), half_year(self.first.year, 2))

    @property
    def name(self) -> str:
        """« Premier semestre 2026 », « du 3 mars au 12 avril 2026 »."""
        if self.is_half_year:
            rank = "Premier" if self.first.month == 1 else "Second"
            return f"{rank} semestre{NBSP}{self.first.year}"
        first = long_date(self.first)
        if self.first.year == self.last.year:
            first = f"{day_of_month(self.first)}{NBSP}{month(self.first).split(NBSP)[0]}"
        return f"du {first} au {long_date(self.last)}"

    @property
    def during(self) -> str:
        """In a sentence: « au premier semestre 2026 », « du 3 mars au 12 avril 2026 »."""
        return f"au {self.name[0].lower()}{self.name[1:]}" if self.is_half_year else self.name

    @property
    def before_words(self) -> str:
        """How a sentence names the period before."""
        return "au semestre précédent" if self.is_half_year else "sur la période précédente de même durée"

    @property
    def before(self) -> "Period":
        """The half-year before, or as many days right before."""
        if self.is_half_year:
            return (
                half_year(self.first.year, 1) if self.first.month == 7 else half_year(self.first.year - 1, 2)
            )
        length = self.last - self.first
        return Period(self.first - length - _DAY, self.first - _DAY)

    @property
    def code(self) -> str:
        """« 2026-1 » for a half-year, as the form posts it."""
        return f"{self.first.year}-{1 if self.first.month == 1 else 2}" if self.is_half_year else ""


def half_year(year: int, rank: int) -> Period:
    return (
        Period(date(year, 1, 1), date(year, 6, 30))
        if rank == 1
        else Period(date(year, 7, 1), date(year, 12, 31))
    )


def offered(today: date) -> list[Period]:
    """The half-year under way, then those before, the latest first."""
    found = [half_year(today.year, 1 if today.month < 7 else 2)]
    while len(found) < OFFERED:
        found.append(found[-1].before)
    return found


def half_year_of(code: str) -> Period | None:
    year, _, rank = code.partition("-")
    if year.isascii() and year.isdigit() and len(year) == 4 and int(year) > 1 and rank in ("1", "2"):
        return half_year(int(year), int(rank))
    return None
