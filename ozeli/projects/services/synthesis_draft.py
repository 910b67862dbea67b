"""Write a synthesis from the data: rules, not guesses. Each sentence calls the rows that it was made of.

The words must stand as a director would sign them: agreements, zeroes and comparisons are said as French says them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify

from ozeli.core import clock
from ozeli.core.french import NBSP, inner_quotes, list_of, long_date, number, plural_word, quoted

from ..documents.text import borrowed
from ..enums import State, Verdict
from ..models import Gate, Project, ProjectMove, ProjectQuerySet, Synthesis
from ..selectors import synthesis_facts as facts
from ..selectors.synthesis_facts import LESSONS, NAMED, Counts, Passages, Rows, Turn
from ..selectors.synthesis_periods import Period
from ..synthesis_words import (
    Draft,
    capital,
    cause_of,
    count,
    day,
    ending_of,
    euros,
    kept,
    said,
    sentence,
    told,
)

TITLES = {
    "essentiel": "L’essentiel",
    "commence": "Ce qui commence",
    "avance": "Ce qui avance",
    "acheve": "Ce qui s’achève",
    "arrete": "Ce qui s’arrête, et pourquoi",
    "appris": "Ce que nous avons appris",
    "chiffres": "Les chiffres",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """The projects that ended alike: every turn, and the first moves whole."""

    turns: list[Turn]
    moves: list[ProjectMove]

    @property
    def total(self) -> int:
        return len(self.turns)

    def rows(self, words: Callable[[ProjectMove], str] | None = None) -> Rows:
        return told(self.moves, words, total=self.total)


class Writer:
    """What a period holds, read once, and the sections that tell it."""

    def __init__(self, synthesis: Synthesis) -> None:
        self.period = Period(synthesis.starts_on, synthesis.ends_on)
        self.projects: ProjectQuerySet = facts.projects_of(synthesis)
        # A period that is not over is told as it stands today.
        self.day = min(self.period.last, clock.today())
        self._scope = _scope(synthesis)

    @cached_property
    def turns(self) -> list[Turn]:
        return facts.turned(self.projects, self.period)

    @cached_property
    def now(self) -> Counts:
        return facts.counts(self.projects, self.period, self.turns, self.walked.stages)

    @cached_property
    def before(self) -> Counts:
        return facts.counts(self.projects, self.period.before)

    @cached_property
    def walked(self) -> Passages:
        return facts.passages(self.projects, self.period)

    @cache  # noqa: B019 (a writer lives as long as its draft is written)
    def fate(self, state: str) -> Fate:
        """The projects whose last move of the period led there."""
        turns = [turn for turn in self.turns if turn.target == state]
        return Fate(turns, facts.moves_of(turns))

    @cached_property
    def states(self) -> Counter[str]:
        return facts.states_on(self.projects, self.day)

    def section(self, code: str) -> Draft:
        """One of `TITLES`."""
        draft = Draft()
        getattr(self, f"_{code}")(draft)
        return draft

    # --- sections -----------------------------------------------------------------------------------------------------

    def _essentiel(self, draft: Draft) -> None:
        now, during = self.now, self.period.during
        if not now.followed:
            draft.say(f"Aucun projet n’a été suivi {during}.")
            return
        rows = facts.rows_of(facts.followed(self.projects, self.period), "state", total=now.followed)
        known = draft.ref(f"Projets suivis {during}", rows)
        followed = said(now.followed, "projet a été suivi", "projets ont été suivis")
        started = self._started(draft)
        draft.say(f"{capital(during)}, {followed}{known}.", f"{started[0].upper()}{started[1:]}.")
        draft.say(self._walked(draft), self._ended(draft))
        draft.say(self._standing(draft))

    def _commence(self, draft: Draft) -> None:
        begun = facts.started(self.projects, self.period)
        draft.say(f"{capital(self._started(draft))}.", self._domains(draft, begun))
        listed = begun.select_related("organisation").order_by("started_on", "title", "pk")[:NAMED]
        draft.items(
            self._named(draft, one, f"démarré le {day(one.started_on)}", one.summary) for one in listed
        )
        self._others(draft, self.now.started)
        entered = self.projects.filter(created_on__range=(self.period.first, self.period.last))
        rows = facts.rows_of(facts.in_state(entered, self.day, State.TO_LAUNCH), "created_on")
        if rows.total:
            verb = count(rows.total, "projet inscrit reste à lancer", "projets inscrits restent à lancer")
            draft.say(f"{verb}{draft.ref('Projets inscrits, à lancer', rows)}.")

    def _avance(self, draft: Draft) -> None:
        draft.say(self._walked(draft))
        if self.walked.stages > 1:
            names = [f"{quoted(name)} ({number(times)})" for name, times in self.walked.names]
            verb = "L’étape la plus franchie est" if len(names) == 1 else "Les étapes les plus franchies sont"
            draft.say(f"{verb} {list_of(names)}{draft.ref('Étapes passées, une à une', self._passed())}.")
        decided = facts.gates(self.projects, self.period)
        for verdict, words in _VERDICTS.items():
            if total := (held := decided.filter(verdict=verdict)).count():
                listed = held[: facts.MOST_ROWS]
                rows = kept(
                    ((one.project, f"{one.stage.name}, le {day(one.decided_on)}") for one in listed), total
                )
                call = draft.ref(f"Jalons décidés{NBSP}: {verdict.label}", rows)
                draft.say(f"{count(total, *words)}{call}.")
        back = [turn for turn in self.turns if turn.is_back]
        if back:
            rows = told(facts.moves_of(back), total=len(back))
            again = ("projet qui s’était arrêté a repris", "projets qui s’étaient arrêtés ont repris")
            draft.say(f"{count(len(back), *again)}{draft.ref('Projets repris', rows)}.")

    def _acheve(self, draft: Draft) -> None:
        ended = self.fate(State.COMPLETED)
        words = said(ended.total, "projet est allé à son terme", "projets sont allés à leur terme")
        against = self._against(ended.total, self.before.completed)
        call = draft.ref("Projets terminés", ended.rows(), self._list("fini", State.COMPLETED))
        draft.say(f"{capital(words)}{against}{call}.")
        endings = Counter(turn.ending for turn in ended.turns if turn.ending)
        if ended.total > 1 and endings:
            shown = list_of([f"{quoted(name)} ({number(times)})" for name, times in endings.most_common()])
            verb = "La suite décidée est" if len(endings) == 1 else "Les suites décidées sont"
            draft.say(f"{verb} {shown}{draft.ref('Suites décidées', ended.rows(ending_of))}.")
        draft.items(self._move(draft, move, ending_of(move)) for move in ended.moves[:NAMED])
        self._others(draft, ended.total)

    def _arrete(self, draft: Draft) -> None:
        stopped, frozen = self.fate(State.ABANDONED), self.fate(State.FROZEN)
        words = said(stopped.total, "projet s’est arrêté", "projets se sont arrêtés")
        against = self._against(stopped.total, self.before.abandoned)
        call = draft.ref("Projets arrêtés", stopped.rows(), self._list("fini", State.ABANDONED))
        draft.say(f"{capital(words)}{against}{call}.", self._causes(draft, stopped))
        draft.items(self._move(draft, move, cause_of(move)) for move in stopped.moves[:NAMED])
        self._others(draft, stopped.total)
        if frozen.total:
            words = count(frozen.total, "projet a été gelé", "projets ont été gelés")
            call = draft.ref("Projets gelés", frozen.rows(cause_of))
            against = self._against(frozen.total, self.before.frozen)
            draft.say(f"{words}{against}{call}.", self._causes(draft, frozen))

    def _appris(self, draft: Draft) -> None:
        lessons = [
            (one.project, _at_gate(one) if is_gate else _when(one), one.lesson)
            for one, is_gate in facts.lessons(self.projects, self.period, self.turns)
        ]
        reports = facts.taught(self.projects, self.period)
        if not lessons and not reports:
            draft.say(f"Aucune leçon n’a été écrite {self.period.during}.")
            return
        if lessons:
            draft.head("Des arrêts et des décisions")
            draft.items(self._lesson(draft, *lesson) for lesson in lessons[:LESSONS])
            if len(lessons) > LESSONS:
                call = draft.ref("Leçons des arrêts et des décisions", kept(pair[:2] for pair in lessons))
                draft.say(f"La liste complète compte {count(len(lessons), 'leçon')}{call}.")
        if reports:
            draft.head("Des étapes passées")
            draft.items(
                self._lesson(draft, one.project, f"à l’étape {quoted(one.stage.name)}", one.practices)
                for one in reports
            )

    def _chiffres(self, draft: Draft) -> None:
        alive = facts.followed(self.projects, self.period)
        sums = facts.money(alive)
        funded = facts.rows_of(alive.filter(budget_planned__gt=0), "budget_planned")
        if funded.total:
            call = draft.ref("Projets suivis qui ont un budget", funded)
            draft.say(
                f"Les projets suivis ont prévu {euros(sums['planned'])}, engagé {euros(sums['committed'])}"
                f" et dépensé {euros(sums['spent'])}{call}."
            )
        else:
            draft.say("Aucun projet suivi n’a inscrit de budget.")
        draft.figures = {"tables": [self._states_table(), self._moves_table()]}

    # --- sentences ----------------------------------------------------------------------------------------------------

    def _started(self, draft: Draft) -> str:
        rows = facts.rows_of(
            facts.started(self.projects, self.period), "started_on", "started_on", total=self.now.started
        )
        words = said(self.now.started, "projet a démarré", "projets ont démarré")
        call = draft.ref(f"Projets démarrés {self.period.during}", rows, self._list("debut"))
        return f"{words}{self._against(self.now.started, self.before.started)}{call}"

    def _walked(self, draft: Draft) -> str:
        total, among = self.walked.stages, self.walked.among
        words = said(total, "étape a été passée", "étapes ont été passées", feminine=True)
        within = f", dans {count(among, 'projet')}" if total > 1 else ""
        against = self._against(total, self.before.stages, feminine=True)
        return f"{capital(words)}{within}{against}{draft.ref('Étapes passées', self._passed())}."

    def _passed(self) -> Rows:
        rows = [[str(pk), *names, f"{stage}, le {day(on)}"] for pk, *names, stage, on in self.walked.rows]
        return Rows(self.walked.stages, rows)

    def _ended(self, draft: Draft) -> str:
        done, stopped = self.fate(State.COMPLETED), self.fate(State.ABANDONED)
        ends = said(done.total, "projet est allé à son terme", "projets sont allés à leur terme")
        call = draft.ref("Projets terminés", done.rows())
        if not stopped.total:
            return f"{capital(ends)}{call}{', et aucun ne s’est arrêté' if done.total else ''}."
        stops = f"{number(stopped.total)} {plural_word(stopped.total, 's’est arrêté', 'se sont arrêtés')} en chemin"
        return f"{capital(ends)}{call}, et {stops}{draft.ref('Projets arrêtés', stopped.rows(cause_of))}."

    def _standing(self, draft: Draft) -> str:
        shown: list[str] = []
        for state, one, many in _STANDING:
            if self.states[state]:
                rows = facts.rows_of(facts.in_state(self.projects, self.day, state), total=self.states[state])
                first = (f"projet est {one}", f"projets sont {many}")
                words = count(self.states[state], *((one, many) if shown else first))
                call = draft.ref(f"Projets {many} au {long_date(self.day)}", rows)
                shown.append(f"{words}{call}")
        return f"Au {long_date(self.day)}, {list_of(shown)}." if shown else ""

    def _domains(self, draft: Draft, begun: ProjectQuerySet) -> str:
        found = facts.by_domain(begun)
        if self.now.started < 2 or not found:
            return ""
        shown = list_of([f"{quoted(name)} ({number(times)})" for name, times in found[:5]])
        rows = facts.rows_of(begun.filter(domain__isnull=False), "domain__name", "domain__name")
        verb = "Le domaine concerné est" if len(found) == 1 else "Les domaines les plus présents sont"
        return f"{verb} {shown}{draft.ref('Projets démarrés, par domaine', rows)}."

    def _causes(self, draft: Draft, fate: Fate) -> str:
        causes = Counter(facts.cause_words(turn.cause) for turn in fate.turns if turn.cause)
        if fate.total < 2 or not causes:
            return ""
        shown = list_of([f"{quoted(name)} ({number(times)})" for name, times in causes.most_common()])
        verb = "La cause donnée est" if len(causes) == 1 else "Les causes données sont"
        return f"{verb} {shown}{draft.ref('Causes données', fate.rows(cause_of))}."

    def _named(self, draft: Draft, project: Project, said_of: str, more: str = "") -> str:
        call = draft.ref(project.title[:200], kept([(project, said_of)]))
        words = f"{NBSP}: {sentence(more)}" if more.strip() else "."
        return f"{quoted(borrowed(project.title))} ({project.organisation.name}), {said_of}{call}{words}"

    def _move(self, draft: Draft, move: ProjectMove, why: str) -> str:
        said_of = f"le {day(move.made_on)}"
        call = draft.ref(
            move.project.title[:200], kept([(move.project, f"{why}, {said_of}" if why else said_of)])
        )
        reason = f"{NBSP}: {why[0].lower()}{why[1:]}" if why else ""
        start = f"{quoted(borrowed(move.project.title))} ({move.project.organisation.name}), {said_of}{reason}{call}."
        return f"{start} {sentence(move.note)}".rstrip() if move.note.strip() else start

    def _lesson(self, draft: Draft, project: Project, when: str, text: str) -> str:
        call = draft.ref(project.title[:200], kept([(project, when)]))
        quote = f"«\u202f{inner_quotes(borrowed(text))}\u202f»"
        return f"{quoted(borrowed(project.title))} ({project.organisation.name}), {when}{NBSP}: {quote}{call}"

    def _others(self, draft: Draft, total: int) -> None:
        if total > NAMED:
            draft.say(f"La liste complète compte {count(total, 'projet')}{NBSP}[1].")

    def _against(self, now: int, before: int, *, feminine: bool = False) -> str:
        """« , contre 9 au semestre précédent »."""
        if now == before:
            return f", comme {self.period.before_words}" if now else ""
        none = "aucune" if feminine else "aucun"
        return f", contre {number(before) if before else none} {self.period.before_words}"

    def _list(self, day: str, state: str = "") -> str:
        """The list of the portal, narrowed to the period by a day, and to a state."""
        asked = {f"{day}_du": self.period.first.isoformat(), f"{day}_au": self.period.last.isoformat()}
        if state:
            asked["statut"] = slugify(State(state).label)
        return f"{reverse('projects:list')}?{urlencode(self._scope | asked)}"

    # --- tables -------------------------------------------------------------------------------------------------------

    def _states_table(self) -> dict[str, Any]:
        ago = self.period.before.last
        then = facts.states_on(self.projects, ago)
        rows = [[str(state.label), self.states[state], then[state]] for state in State]
        rows.append(["Ensemble", sum(self.states.values()), sum(then.values())])
        header = ["Statut", f"au {long_date(self.day)}", f"au {long_date(ago)}"]
        return {"caption": "Où en sont les projets", "header": header, "rows": rows, "words": False}

    def _moves_table(self) -> dict[str, Any]:
        now, before = self.now, self.before
        every = [[words, getattr(now, name), getattr(before, name)] for name, words in _MOVES.items()]
        rows = [row for row in every if row[1] or row[2]] or every[:1]
        header = ["Mouvement", _head(self.period), _head(self.period.before)]
        return {"caption": "Ce qui s’est passé", "header": header, "rows": rows, "words": False}


_VERDICTS = {
    Verdict.GO: ("jalon a donné un GO", "jalons ont donné un GO"),
    Verdict.CONTINUE: (
        "jalon a demandé de continuer avant de décider",
        "jalons ont demandé de continuer avant de décider",
    ),
    Verdict.NO_GO: ("jalon a donné un NO GO", "jalons ont donné un NO GO"),
}
_STANDING = (
    (State.UNDER_WAY, "en cours", "en cours"),
    (State.TO_LAUNCH, "à lancer", "à lancer"),
    (State.FROZEN, "gelé", "gelés"),
)
_MOVES = {
    "followed": "Projets suivis",
    "started": "Projets démarrés",
    "stages": "Étapes passées",
    "go": "Jalons décidés par un GO",
    "completed": "Projets terminés",
    "abandoned": "Projets arrêtés",
    "frozen": "Projets gelés",
    "resumed": "Projets repris",
}


def _scope(synthesis: Synthesis) -> dict[str, str]:
    """What the synthesis is about, as the filters of the list say it."""
    if synthesis.organisation is not None:
        return {"organisme": synthesis.organisation.name}
    return {"branche": synthesis.branch.code} if synthesis.branch is not None else {}


def _when(move: ProjectMove) -> str:
    """When a lesson was drawn."""
    return f"{'au terme' if move.target == State.COMPLETED else 'à l’arrêt'}, le {day(move.made_on)}"


def _at_gate(gate: Gate) -> str:
    return f"au jalon {quoted(gate.stage.name)}"


def _head(period: Period) -> str:
    return f"{period.name[0].upper()}{period.name[1:]}"
