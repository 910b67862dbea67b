"""Write a synthesis from the data: rules, not guesses. Each sentence calls the rows that it was made of.

The words must stand as a director would sign them: agreements, zeroes and comparisons are said as French says them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify

from ozeli.core import clock
from ozeli.core.french import NBSP, inner_quotes, list_of, long_date, number, plural_word, quoted

from ..documents.text import borrowed
from ..enums import State, Verdict
from ..models import Project, ProjectMove, ProjectQuerySet, Synthesis
from ..selectors import synthesis_facts as facts
from ..selectors.synthesis_facts import LESSONS, NAMED, Counts, Rows
from ..selectors.synthesis_periods import Period
from ..synthesis_words import (
    capital,
    cause_of,
    count,
    day,
    ending_of,
    euros,
    kept,
    passed_rows,
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


@dataclass(slots=True)
class Source:
    label: str
    rows: Rows
    address: str = ""


@dataclass(slots=True)
class Draft:
    """A section as it is written: paragraphs of sentences, and their sources in order."""

    parts: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def say(self, *sentences: str) -> None:
        """A paragraph."""
        self.parts.append(" ".join(one for one in sentences if one))

    def items(self, lines: Iterable[str]) -> None:
        if written := [f"- {line}" for line in lines]:
            self.parts.append("\n".join(written))

    def head(self, title: str) -> None:
        self.parts.append(f"## {title}")

    def ref(self, label: str, rows: Rows, address: str = "") -> str:
        """The call of a new source; nothing for no row at all."""
        if not rows.total:
            return ""
        self.sources.append(Source(label, rows, address))
        return f"{NBSP}[{len(self.sources)}]"

    @property
    def body(self) -> str:
        return "\n\n".join(self.parts)


class Writer:
    """What a period holds, read once, and the sections that tell it."""

    def __init__(self, synthesis: Synthesis) -> None:
        self.period = Period(synthesis.starts_on, synthesis.ends_on)
        self.projects: ProjectQuerySet = facts.projects_of(synthesis)
        # A period that is not over is told as it stands today.
        self.day = min(self.period.last, clock.today())
        self._scope = _scope(synthesis)

    @cached_property
    def now(self) -> Counts:
        return facts.counts(self.projects, self.period)

    @cached_property
    def before(self) -> Counts:
        return facts.counts(self.projects, self.period.before)

    @cached_property
    def moves(self) -> list[ProjectMove]:
        return sorted(
            facts.turned(self.projects, self.period).values(), key=lambda move: (move.made_on, move.pk)
        )

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
        rows = facts.rows_of(facts.followed(self.projects, self.period), "state")
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
        walked = facts.passages(self.projects, self.period)
        draft.say(self._walked(draft))
        stages = Counter(row[3] for row in walked).most_common(5)
        if len(walked) > 1:
            told = list_of([f"{quoted(name)} ({number(times)})" for name, times in stages])
            verb = (
                "L’étape la plus franchie est" if len(stages) == 1 else "Les étapes les plus franchies sont"
            )
            draft.say(f"{verb} {told}{draft.ref('Étapes passées, une à une', passed_rows(walked))}.")
        decided = facts.gates(self.projects, self.period)
        for verdict, words in _VERDICTS.items():
            held = [gate for gate in decided if gate.verdict == verdict]
            if held:
                rows = kept((gate.project, f"{gate.stage.name}, le {day(gate.decided_on)}") for gate in held)
                call = draft.ref(f"Jalons décidés{NBSP}: {held[0].get_verdict_display()}", rows)
                draft.say(f"{capital(said(len(held), *words))}{call}.")
        back = [move for move in self.moves if move.transition in ("resume", "reopen")]
        if back:
            rows = kept((move.project, f"repris le {day(move.made_on)}") for move in back)
            again = ("projet qui s’était arrêté a repris", "projets qui s’étaient arrêtés ont repris")
            draft.say(f"{count(len(back), *again)}{draft.ref('Projets repris', rows)}.")

    def _acheve(self, draft: Draft) -> None:
        ended = [move for move in self.moves if move.target == State.COMPLETED]
        words = said(len(ended), "projet est allé à son terme", "projets sont allés à leur terme")
        against = self._against(len(ended), self.before.completed)
        call = draft.ref("Projets terminés", told(ended), self._list("fini", State.COMPLETED))
        draft.say(f"{capital(words)}{against}{call}.")
        endings = Counter(move.ending.name for move in ended if move.ending)
        if len(ended) > 1 and endings:
            shown = list_of([f"{quoted(name)} ({number(times)})" for name, times in endings.most_common()])
            verb = "La suite décidée est" if len(endings) == 1 else "Les suites décidées sont"
            draft.say(f"{verb} {shown}{draft.ref('Suites décidées', told(ended, ending_of))}.")
        draft.items(self._move(draft, move, ending_of(move)) for move in ended[:NAMED])
        self._others(draft, len(ended))

    def _arrete(self, draft: Draft) -> None:
        stopped = [move for move in self.moves if move.target == State.ABANDONED]
        words = said(len(stopped), "projet s’est arrêté", "projets se sont arrêtés")
        against = self._against(len(stopped), self.before.abandoned)
        call = draft.ref("Projets arrêtés", told(stopped), self._list("fini", State.ABANDONED))
        draft.say(f"{capital(words)}{against}{call}.", self._causes(draft, stopped))
        draft.items(self._move(draft, move, cause_of(move)) for move in stopped[:NAMED])
        self._others(draft, len(stopped))
        frozen = [move for move in self.moves if move.target == State.FROZEN]
        if frozen:
            words = said(len(frozen), "projet a été gelé", "projets ont été gelés")
            draft.say(
                f"{capital(words)}{self._against(len(frozen), self.before.frozen)}"
                f"{draft.ref('Projets gelés', told(frozen, cause_of))}.",
                self._causes(draft, frozen),
            )

    def _appris(self, draft: Draft) -> None:
        lessons = [
            (move.project, _when(move), move.lesson)
            for move in self.moves
            if move.lesson and move.target in (State.ABANDONED, State.COMPLETED)
        ]
        known = {project.pk for project, _when, _text in lessons}
        lessons += [
            (gate.project, f"au jalon {quoted(gate.stage.name)}", gate.lesson)
            for gate in facts.gates(self.projects, self.period)
            if gate.lesson and gate.project_id not in known
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
        rows = facts.rows_of(facts.started(self.projects, self.period), "started_on", "started_on")
        words = said(self.now.started, "projet a démarré", "projets ont démarré")
        call = draft.ref(f"Projets démarrés {self.period.during}", rows, self._list("debut"))
        return f"{words}{self._against(self.now.started, self.before.started)}{call}"

    def _walked(self, draft: Draft) -> str:
        walked = facts.passages(self.projects, self.period)
        among = len({row[0] for row in walked})
        words = said(len(walked), "étape a été passée", "étapes ont été passées", feminine=True)
        within = f", dans {count(among, 'projet')}" if len(walked) > 1 else ""
        against = self._against(len(walked), self.before.stages, feminine=True)
        return f"{capital(words)}{within}{against}{draft.ref('Étapes passées', passed_rows(walked))}."

    def _ended(self, draft: Draft) -> str:
        done = [move for move in self.moves if move.target == State.COMPLETED]
        stopped = [move for move in self.moves if move.target == State.ABANDONED]
        ends = said(len(done), "projet est allé à son terme", "projets sont allés à leur terme")
        call = draft.ref("Projets terminés", told(done))
        if not stopped:
            return f"{capital(ends)}{call}{', et aucun ne s’est arrêté' if done else ''}."
        stops = (
            f"{number(len(stopped))} {plural_word(len(stopped), 's’est arrêté', 'se sont arrêtés')} en chemin"
        )
        return f"{capital(ends)}{call}, et {stops}{draft.ref('Projets arrêtés', told(stopped, cause_of))}."

    def _standing(self, draft: Draft) -> str:
        shown: list[str] = []
        for state, one, many in _STANDING:
            if self.states[state]:
                rows = facts.rows_of(facts.in_state(self.projects, self.day, state))
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

    def _causes(self, draft: Draft, moves: Sequence[ProjectMove]) -> str:
        causes = Counter(cause_of(move) for move in moves if move.cause)
        if len(moves) < 2 or not causes:
            return ""
        shown = list_of([f"{quoted(name)} ({number(times)})" for name, times in causes.most_common()])
        verb = "La cause donnée est" if len(causes) == 1 else "Les causes données sont"
        return f"{verb} {shown}{draft.ref('Causes dites', told(moves, cause_of))}."

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


def _head(period: Period) -> str:
    return f"{period.name[0].upper()}{period.name[1:]}"
