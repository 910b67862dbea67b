"""What engagement keeps of a person: votes and comments."""

from collections.abc import Iterable
from typing import Any

from ozeli.core.personal_data import (
    BATCH,
    Holding,
    Person,
    Row,
    batched,
    deleted,
    own_rows,
    register,
    unsigned,
)
from ozeli.core.registry import searchables

from .models import Comment, Report, Vote


def _titles(person: Person, objects: Iterable[tuple[str, Any]]) -> dict[tuple[str, Any], str]:
    """Titles of the objects that this person may read now; the others are others' business."""
    wanted: dict[str, set[Any]] = {}
    for kind, one in objects:
        wanted.setdefault(kind, set()).add(one)
    return {
        (kind, card.object_id): card.title
        for kind, ids in wanted.items()
        if kind in searchables
        for card in searchables[kind].load_cards(sorted(ids), person.user)
    }


def _votes(person: Person) -> Iterable[Row]:
    rows = Vote.objects.filter(voter=person.id).order_by("pk")
    told = rows.values_list("ballot__kind", "ballot__object_id", "cast_on")
    for some in batched(told.iterator(chunk_size=BATCH)):
        titles = _titles(person, [(kind, one) for kind, one, _day in some])
        for kind, one, day in some:
            yield {"sur": titles.get((kind, one), ""), "identifiant": one, "le": day}


def _comments(person: Person) -> Iterable[Row]:
    rows = Comment.objects.filter(author=person.id).order_by("created_at", "pk")
    for some in batched(rows.iterator(chunk_size=BATCH)):
        titles = _titles(person, [(one.kind, one.object_id) for one in some])
        for one in some:
            yield {
                "sur": titles.get((one.kind, one.object_id), ""),
                "le": one.created_at,
                "texte": one.body,
                "masqué": one.is_hidden,
            }


def _reports(person: Person) -> Iterable[Row]:
    for one in Report.objects.filter(reporter=person.id).order_by("pk"):
        yield {"le": one.reported_at, "raison": one.get_reason_display(), "précisions": one.words}


register(
    Holding(
        "engagement.Report",
        ("reporter",),
        "Ce que vous avez signalé",
        "Le signalement reste, sans personne.",
        _reports,
        unsigned("engagement.Report", "reporter"),
    ),
    Holding(
        "engagement.ModerationAct",
        ("actor",),
        "Les décisions de modération que vous avez prises",
        "Elles restent, sans personne.",
        own_rows("engagement.ModerationAct", "actor", made_at="le", state="décision", reason="raison"),
        unsigned("engagement.ModerationAct", "actor"),
    ),
    Holding(
        "engagement.Vote",
        ("voter",),
        "Vos votes",
        "Ils comptent toujours, sans personne : rien ne dit qui les a donnés, ni qu’ils viennent d’un même compte.",
        _votes,
        unsigned("engagement.Vote", "voter"),
    ),
    Holding(
        "engagement.Spending",
        ("voter",),
        "Les votes que vous avez distribués dans un défi",
        "Le compte de vos votes disparaît, les votes restent, sans personne.",
        own_rows("engagement.Spending", "voter", poll__object_id="défi", spent="votes donnés"),
        deleted("engagement.Spending", "voter"),
    ),
    Holding(
        "engagement.Comment",
        ("author",),
        "Vos commentaires",
        "Leur texte reste, la signature est retirée.",
        _comments,
        unsigned("engagement.Comment", "author"),
    ),
)
