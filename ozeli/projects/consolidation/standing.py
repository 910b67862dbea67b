"""Where projects stand: their state, the stages passed by those under way, why others stopped."""

from collections import Counter

from ..enums import Cause, State
from ..forms.filters import CAUSE_WORDS, NONE, STATE_WORDS
from ..selectors.consolidation import STOPPED
from .frame import NOT_SAID, STATE, Cell, Consolidation, Row, Table, courses_of, share


def states(found: Consolidation) -> Table:
    counted, total = found.by(STATE), found.total
    rows = tuple(
        (
            Cell(str(state.label)),
            Cell(counted[state], found.list_url(statut=STATE_WORDS[state])),
            Cell(share(counted[state], total)),
        )
        for state in State
    )
    return Table("statuts", "Les projets par statut", ("Statut", "Projets", "Part"), rows)


def stages_passed(found: Consolidation) -> Table:
    """Those under way by number of stages passed: all together, then by lifecycle when there are several."""
    under_way: Counter[tuple[int, int]] = Counter()
    for (_year, _branch, version, state, passed), n in found.figures.standing.n.items():
        if state == State.UNDER_WAY and n:
            under_way[version, passed] += n
    followed = [course for course, _n in courses_of(found.figures)]
    columns = followed if len(followed) > 1 else []
    state, rows = STATE_WORDS[State.UNDER_WAY], []
    for passed in range(max((at for _version, at in under_way), default=0) + 1):
        every = sum(n for (_version, at), n in under_way.items() if at == passed)
        cells = [Cell(str(passed)), Cell(every, found.list_url(statut=state, passees=passed))]
        for course in columns:
            n = sum(under_way[version, passed] for version in course.versions)
            cells.append(Cell(n, found.list_url(statut=state, passees=passed, parcours=course.code)))
        rows.append(tuple(cells))
    head = ("Étapes passées", "Projets en cours", *(course.name for course in columns))
    return Table("etapes-passees", "Les projets en cours par nombre d’étapes passées", head, tuple(rows))


def causes(found: Consolidation) -> Table:
    """Why projects are frozen or given up, the most frequent cause first."""
    counted = found.figures.cause.n
    known = [*((one.value, str(one.label), CAUSE_WORDS[one.value]) for one in Cause), ("", NOT_SAID, NONE)]
    rows: list[Row] = []
    for value, label, word in known:
        held = {state: counted[state, value] for state in STOPPED}
        if every := sum(held.values()):
            cells = (
                Cell(n, found.list_url(statut=STATE_WORDS[state], cause=word)) for state, n in held.items()
            )
            rows.append((Cell(label), Cell(every, found.list_url(cause=word)), *cells))
    rows.sort(key=lambda row: -int(row[1].value))
    head = ("Cause", "Projets", "Gelés", "Abandonnés")
    return Table("causes", "Pourquoi des projets sont gelés ou abandonnés", head, tuple(rows))
