"""The library of answer templates: as a list, and as the choices of the answer form."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core.french import fold
from ozeli.core.paging import Page, keyset_page
from ozeli.network.models import Organisation

from .. import blanks
from ..enums import Reason, TemplateVerdict
from ..models import AnswerTemplate, AnswerTemplateQuerySet, Decision, Idea
from ..starters import STARTERS

NETWORK = "reseau"
USABLE = 200
HEADER = ("titre", "portée", "décision", "motif", "texte", "modifiée le")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; `scope` is `NETWORK`, a code of body, or nothing."""

    scope: str = ""
    verdict: str = ""
    words: str = ""


def matching(user: User, wanted: Wanted) -> AnswerTemplateQuerySet:
    """The texts that this person may start from and asks for."""
    found = AnswerTemplate.objects.usable_by(user)
    if wanted.scope == NETWORK:
        found = found.filter(organisation__isnull=True)
    elif wanted.scope:
        found = found.filter(organisation__code=wanted.scope)
    if wanted.verdict:
        found = found.filter(verdict=wanted.verdict)
    for word in wanted.words.split():
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return found


def page(found: AnswerTemplateQuerySet, cursor: str = "") -> Page:
    return keyset_page(found.select_related("organisation"), ("title", "id"), cursor, ascending=True)


def scopes(user: User) -> list[Organisation]:
    """The bodies for which this person may write texts, or that already have some."""
    scope = user.contribution_scope("ideas")
    if scope is None:
        held = AnswerTemplate.objects.filter(organisation__isnull=False).values("organisation")
        return list(Organisation.objects.filter(pk__in=held).order_by("sort_name"))
    return list(Organisation.objects.filter(pk__in=scope).order_by("sort_name"))


def export_lines(found: AnswerTemplateQuerySet) -> Iterator[list[object]]:
    for one in found.select_related("organisation").order_by("title", "pk").iterator(chunk_size=500):
        yield [
            one.title,
            one.organisation.name if one.organisation else "Réseau",
            TemplateVerdict(one.verdict).label,
            Reason(one.reason).label if one.reason else "",
            one.text,
            one.written_on.isoformat(),
        ]


# --- in the answer form -----------------------------------------------------------------------------------------------


def usable_on(user: User, idea: Idea) -> list[AnswerTemplate]:
    """The texts to start an answer to this idea from: those of its body, then those of the network."""
    found: QuerySet[AnswerTemplate] = AnswerTemplate.objects.usable_by(user).filter(
        Q(organisation__isnull=True) | Q(organisation_id=idea.organisation_id)
    )
    return sorted(
        found.select_related("organisation")[:USABLE],
        key=lambda one: (one.organisation_id is None, fold(one.title)),
    )


def says_nothing_personal(user: User, idea: Idea, answer: str) -> bool:
    """Whether an answer adds no sentence to a text one may start from: « une réponse s’écrit pour quelqu’un »."""
    texts = [blanks.filled(one.text, idea) for one in usable_on(user, idea)]
    return blanks.said_as_it_is(answer, [*texts, *(starter.text for starter in STARTERS)])


def impersonal(user: User, decisions: list[Decision]) -> set[int]:
    """The ids of the decisions whose answer adds nothing to a text one may start from. One query for all."""
    texts = list(AnswerTemplate.objects.usable_by(user)[:USABLE]) if decisions else []
    return {
        one.pk
        for one in decisions
        if blanks.said_as_it_is(one.answer, [blanks.filled(text.text, one.idea) for text in texts])
    }
