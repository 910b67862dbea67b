"""The same projects by year, branch, body and domain, by state and with their budgets."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ozeli.ideas.selectors.listing import sectors
from ozeli.ideas.selectors.places import branches, organisations
from ozeli.network.models import Organisation

from ..enums import State
from ..forms.filters import NONE, STATE_WORDS
from ..models import NO_YEAR
from ..selectors.consolidation import NOTHING, Count, Money
from .frame import BRANCH, NOT_SAID, STATE, YEAR, Cell, Consolidation, Row, Table

TOTAL = "Ensemble"
NOT_STARTED = "Pas encore démarrés"
EURO = "€"
MONEY = ("Prévu", "Engagé", "Dépensé")


@dataclass(slots=True)
class Line:
    """The projects of one year, branch, body or domain. `asked` are the filters that open them; None: nothing does."""

    name: str
    asked: dict[str, str] | None
    states: Counter[str] = field(default_factory=Counter)
    money: Money = NOTHING

    @property
    def total(self) -> int:
        return sum(self.states.values())

    def add(self, state: str, n: int, money: Money) -> None:
        self.states[state] += n
        self.money = tuple(was + more for was, more in zip(self.money, money, strict=True))  # type: ignore[assignment]


# Of the key of a count: where its line stands, its name, the filters that open it.
Naming = tuple[Any, str, dict[str, str] | None]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A way to break projects down."""

    code: str
    title: str
    column: str
    caption: str
    lines: Callable[[Consolidation], list[Line]]


def _gathered(counted: Iterable[tuple[Any, str, int, Money]], named: Callable[[Any], Naming]) -> list[Line]:
    """Lines in order of their sort keys; those of no project are left out."""
    found: dict[Any, Line] = {}
    for key, state, n, money in counted:
        place, name, asked = named(key)
        found.setdefault(place, Line(name, asked)).add(state, n, money)
    return [found[place] for place in sorted(found) if found[place].total]


def _standing(found: Consolidation, place: int) -> Iterable[tuple[Any, str, int, Money]]:
    count = found.figures.standing
    return ((key[place], key[STATE], n, count.money.get(key, NOTHING)) for key, n in count.n.items())


def _of(count: Count) -> Iterable[tuple[Any, str, int, Money]]:
    return ((key[0], key[1], n, count.money.get(key, NOTHING)) for key, n in count.n.items())


def _years(found: Consolidation) -> list[Line]:
    """The last year first, what has not started before it."""

    def named(year: int) -> Naming:
        if year == NO_YEAR:
            return 0, NOT_STARTED, {"annee": NONE}
        return 10_000 - year, str(year), {"annee": str(year)}

    return _gathered(_standing(found, YEAR), named)


def _branches(found: Consolidation) -> list[Line]:
    order = {key: place for place, key in enumerate(branches())}

    def named(key: int) -> Naming:
        if (branch := branches().get(key)) is None:
            return len(order), "Autre branche", None
        return order[key], branch.name, {"branche": branch.code}

    return _gathered(_standing(found, BRANCH), named)


def _bodies(found: Consolidation) -> list[Line]:
    """In alphabetical order: bodies are not ranked."""
    shared = Counter(one.sort_name for one in organisations().values())

    def asked(body: Organisation) -> dict[str, str] | None:
        """By its name, or by its code when another has the same name; a closed body cannot be asked for."""
        if not body.is_active:
            return None
        return {"organisme": body.name if shared[body.sort_name] == 1 else body.code}

    def named(key: int) -> Naming:
        if (body := organisations().get(key)) is None:
            return (1, "", 0), "Autre organisme", None
        return (0, body.sort_name, key), body.name, asked(body)

    return _gathered(_of(found.figures.body), named)


def _domains(found: Consolidation) -> list[Line]:
    """By sector; by sub-category once a sector is chosen."""
    chosen = next((one for one in sectors() if one.code == dict(found.scope.kept).get("domaine")), None)
    places: dict[int, Naming] = {}
    if chosen is None:
        for place, sector in enumerate(sectors()):
            places |= {key: (place, sector.name, {"domaine": sector.code}) for key in sector.ids}
    else:
        places[chosen.id] = (-1, f"{chosen.name}, sans sous-domaine", None)
        for place, topic in enumerate(chosen.children):
            places[topic.id] = (place, topic.name, {"domaine": chosen.code, "rubrique": topic.code})
    last = len(places)
    return _gathered(
        _of(found.figures.domain), lambda key: places.get(key, (last, NOT_SAID, {"domaine": NONE}))
    )


BREAKDOWNS = {
    one.code: one
    for one in (
        Breakdown("annees", "Par année", "Année de départ", "Les projets par année de départ", _years),
        Breakdown("branches", "Par branche", "Branche", "Les projets par branche", _branches),
        Breakdown("organismes", "Par organisme", "Organisme", "Les projets par organisme porteur", _bodies),
        Breakdown("domaines", "Par domaine", "Domaine", "Les projets par domaine", _domains),
    )
}


def table(found: Consolidation, by: Breakdown, lines: Iterable[Line] | None = None) -> Table:
    """These lines, or all of them and their sum."""
    shown = list(by.lines(found) if lines is None else lines)
    head = (by.column, "Projets", *(str(state.label) for state in State), *(f"{one} (€)" for one in MONEY))
    return Table(by.code, by.caption, head, tuple(_row(found, line) for line in shown))


def whole(lines: Iterable[Line]) -> Line:
    """Their sum."""
    found = Line(TOTAL, {})
    for line in lines:
        for state, n in line.states.items():
            found.add(state, n, NOTHING)
        found.add(State.UNDER_WAY, 0, line.money)
    return found


def _row(found: Consolidation, line: Line) -> Row:
    def opened(**more: str) -> str:
        return "" if line.asked is None else found.list_url(**line.asked, **more)

    return (
        Cell(line.name),
        Cell(line.total, opened()),
        *(Cell(line.states[state], opened(statut=STATE_WORDS[state])) for state in State),
        *(Cell(amount or 0) for amount in line.money),
    )


def budget(found: Consolidation) -> Table:
    """What is planned, committed and spent, by state."""
    money: dict[str, Money] = defaultdict(lambda: NOTHING)
    for _key, state, _n, more in _standing(found, STATE):
        money[state] = tuple(was + one for was, one in zip(money[state], more, strict=True))  # type: ignore[assignment]
    counted = found.by(STATE)
    rows: list[Row] = [
        (
            Cell(str(state.label)),
            Cell(counted[state], found.list_url(statut=STATE_WORDS[state])),
            *(Cell(amount, unit=EURO) for amount in money[state]),
        )
        for state in State
    ]
    sums = [sum((money[state][place] for state in State), 0) for place in range(len(MONEY))]
    rows.append((Cell(TOTAL), Cell(found.total, found.list_url()), *(Cell(one, unit=EURO) for one in sums)))
    return Table("budget", "Le budget des projets, par statut", ("Statut", "Projets", *MONEY), tuple(rows))
