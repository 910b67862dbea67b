"""Key figures of the last twelve months: what is deposited, answered, and how many take part.

They count what the whole network may read, so that they are the same for everyone, and say nothing about fewer than
five people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, Exists, F, OuterRef, Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import long_date, number, plural
from ozeli.core.memo import kept_for
from ozeli.engagement.models import Comment, Vote

from ..enums import State
from ..models import Decision, Idea, IdeaAuthor

FEWEST = 5
PERIOD = timedelta(days=365)
HIDDEN = "–"
TOO_FEW = "Moins de cinq personnes\u00a0: le chiffre n’est pas montré."


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) within group (order by %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its name, its definition, and the way to the rows behind it (a page of `brick`).

    `value` is « – » when too few people stand behind it.
    """

    code: str
    value: str
    label: str
    definition: str
    url: str
    url_label: str
    brick: str = "ideas"


@dataclass(frozen=True, slots=True)
class BranchLine:
    """The figures of a branch, or « – » when fewer than five people stand behind them."""

    branch: str
    deposited: str
    answered: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Figures:
    period: str
    figures: tuple[Figure, ...]
    branches: tuple[BranchLine, ...]

    def open_to(self, user: User) -> "Figures":
        """The same, without the ways that lead where this person may not go."""
        shown = (
            one if user.level(one.brick) >= Level.CONSULT else replace(one, url="", url_label="")
            for one in self.figures
        )
        return replace(self, figures=tuple(shown))


@kept_for(300)
def key_figures(period: timedelta = PERIOD) -> Figures:
    """The figures of today over a period, five minutes old at most."""
    today = clock.today()
    start = today - period
    found = (_deposited(start), _delay(start), _answered(start), _participants(start))
    return Figures(f"Du {long_date(start)} au {long_date(today)}", found, tuple(_branches(start)))


def _shown() -> QuerySet[Idea]:
    """What everybody may read; an idea grouped with another counts once, imported ones were not deposited here."""
    return Idea.objects.open_to_all().filter(source="").exclude(state=State.MERGED)


def _people_behind(ideas: QuerySet[Idea]) -> int:
    """Authors who signed, and one person for each anonymous idea."""
    signed = IdeaAuthor.objects.filter(idea__in=ideas.values("pk")).aggregate(
        people=Count("user", distinct=True)
    )
    return int(signed["people"]) + ideas.filter(is_anonymous=True).count()


def _figure(
    people: int,
    code: str,
    value: str,
    label: str,
    definition: str,
    url: str,
    url_label: str,
    brick: str = "ideas",
) -> Figure:
    enough = people >= FEWEST
    shown, told = (value, definition) if enough else (HIDDEN, TOO_FEW)
    return Figure(code, shown, label, told, url, url_label, brick)


def _deposited(start: date) -> Figure:
    ideas = _shown().filter(deposited_on__gte=start)
    anonymous = ideas.filter(is_anonymous=True).count()
    aside = f"Dont {plural(anonymous, 'anonyme')}. " if anonymous >= FEWEST else ""
    definition = f"{aside}Celles que tout le réseau peut lire\u202f; les idées regroupées comptent une fois."
    value = number(ideas.count())
    return _figure(
        _people_behind(ideas), "deposited", value, "idées déposées", definition, "/idees/", "Voir les idées"
    )


def _delay(start: date) -> Figure:
    """Of signed ideas: an anonymous one has no day to count from."""
    signed = _shown().filter(is_anonymous=False)
    first = Decision.objects.filter(round=1, published_on__gte=start, idea__in=signed.values("pk"))
    median = first.aggregate(median=Median(F("published_on") - F("idea__deposited_on")))["median"]
    value = plural(round(median / timedelta(days=1)), "jour") if median is not None else HIDDEN
    definition = (
        "Médiane entre le dépôt et la première réponse écrite\u00a0: une idée sur deux a attendu moins."
    )
    people = _people_behind(_shown().filter(pk__in=first.values("idea")))
    return _figure(
        people, "delay", value, "pour une réponse", definition, "/idees/?etat=attend", "Celles qui attendent"
    )


def _answered(start: date) -> Figure:
    ideas = _shown().filter(deposited_on__gte=start)
    total, answered = ideas.count(), ideas.filter(_has_answer()).count()
    value = f"{round(10 * answered / total)} sur 10" if total else HIDDEN
    definition = "Part des idées déposées dans la période qui ont reçu une décision écrite et publiée."
    return _figure(
        _people_behind(ideas),
        "answered",
        value,
        "ont leur réponse",
        definition,
        "/cimetiere/",
        "Les non retenues",
    )


def _participants(start: date) -> Figure:
    authors = IdeaAuthor.objects.filter(idea__deposited_on__gte=start).values("user")
    voters = Vote.objects.filter(cast_on__gte=start).values("voter")
    speakers = Comment.objects.filter(created_at__date__gte=start, author__isnull=False).values("author")
    people = authors.union(voters, speakers).count()
    definition = (
        "Personnes différentes qui ont signé une idée, voté ou commenté. Les dépôts anonymes n’y sont pas."
    )
    return _figure(
        people,
        "participants",
        number(people),
        "agents participent",
        definition,
        "/organismes/",
        "Voir le réseau",
        "directory",
    )


def _has_answer() -> Exists:
    return Exists(Decision.objects.filter(idea=OuterRef("pk"), published_on__isnull=False))


def _branches(start: date) -> list[BranchLine]:
    """By branch. When a single one is hidden the smallest other is too: a subtraction would give it back."""
    rows = (
        _shown()
        .filter(deposited_on__gte=start, branch__isnull=False)
        .annotate(has_answer=_has_answer())
        .values("branch__name", "branch__position")
        .annotate(
            ideas=Count("pk", distinct=True),
            answered=Count("pk", distinct=True, filter=Q(has_answer=True)),
            people=Count("authors__user", distinct=True),
            anonymous=Count("pk", distinct=True, filter=Q(is_anonymous=True)),
        )
        .order_by("branch__position", "branch__name")
    )
    found = list(rows)
    hidden = {row["branch__name"] for row in found if row["people"] + row["anonymous"] < FEWEST}
    if len(hidden) == 1 and len(found) > 1:
        others = [row for row in found if row["branch__name"] not in hidden]
        hidden.add(min(others, key=lambda row: row["ideas"])["branch__name"])
    return [_line(row, row["branch__name"] in hidden) for row in found]


def _line(row: Mapping[str, Any], is_hidden: bool) -> BranchLine:
    name = str(row["branch__name"])
    if is_hidden:
        return BranchLine(name, HIDDEN, HIDDEN, HIDDEN)
    ideas, answered = int(row["ideas"]), int(row["answered"])
    return BranchLine(name, number(ideas), number(answered), number(ideas - answered))
