"""Ideas as files, by batches of keys, with the columns that their import reads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.core.exports import LONG, Export, exports
from ozeli.core.paging import keyset_page
from ozeli.engagement.models import ModerationCase
from ozeli.engagement.selectors import tags_of

from . import standing
from .forms.desk_list import DeskFilterForm
from .forms.filters import FilterForm
from .forms.graveyard import GraveyardForm
from .forms.merges import MergeFilterForm
from .forms.moderation import CaseFilterForm
from .forms.overdue import OverdueFilterForm
from .forms.second_looks import LessonFilterForm
from .models import KIND, Idea, IdeaAuthor, IdeaExpert, IdeaLink, IdeaMerge, IdeaQuerySet, Lesson, SecondLook
from .selectors import (
    desk_list,
    experts,
    graveyard,
    lessons,
    listing,
    merges,
    moderation,
    overdue,
    second_looks,
)
from .selectors.challenges import name_of

BATCH = 500
HEADER = (
    "identifiant", "titre", "état", "déposée", "signée par", "organisme", "branche", "domaine", "votes",
    "commentaires", "mots-clés", "problème", "pour qui", "proposition", "ce que cela changerait",
    "importée de", "identifiant d’origine", "soutiens importés", "défi",
)  # fmt: skip


def export_lines(ideas: IdeaQuerySet, keys: tuple[str, ...], user: User) -> Iterator[list[object]]:
    """The rows of the file, in the order of the list; a challenge is named to those who may see it."""
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    found = ideas.select_related("organisation", "branch", "domain").prefetch_related(
        Prefetch("authors", signatures)
    )
    cursor, is_first = "", True
    while cursor or is_first:
        page = keyset_page(found, keys, cursor, BATCH)
        tags = tags_of(KIND, [idea.pk for idea in page.rows])
        for idea in page.rows:
            said = ", ".join(tag.name for tag in tags.get(idea.pk, []))
            yield [*_line(idea, said), name_of(idea.challenge_id, user)]
        cursor, is_first = page.next, False


def _day(idea: Idea) -> str:
    if idea.is_undated:
        return ""
    return f"{idea.deposited_on:%Y-%m}" if idea.is_anonymous else idea.deposited_on.isoformat()


def _line(idea: Idea, tags: str) -> list[object]:
    return [
        idea.short,
        idea.title,
        idea.look.label,
        _day(idea),
        standing.signature(idea, idea.signatories),
        idea.organisation.name if idea.organisation else "",
        idea.branch.name if idea.branch else "",
        idea.domain.name,
        idea.vote_count,
        idea.comment_count,
        tags,
        idea.problem,
        idea.beneficiaries,
        idea.proposal,
        idea.benefit,
        idea.source,
        idea.external_id,
        idea.imported_support,
    ]


def _wanted(user: Any, query: QueryDict) -> tuple[IdeaQuerySet, FilterForm]:
    form = FilterForm(query, user)
    return listing.matching(user, form.wanted()), form


def _rows(user: Any, query: QueryDict) -> Iterator[list[object]]:
    ideas, form = _wanted(user, query)
    return export_lines(ideas, listing.SORTS[form.sort], user)


def _my_rows(user: Any, query: QueryDict) -> Iterator[list[object]]:
    """One's own ideas, or those of the tab that the address names."""
    which = listing.MINE.get(query.get("liste", ""), listing.MINE["miennes"])
    return export_lines(which(Idea.objects.visible_to(user), user), listing.SORTS["recentes"], user)


def _graves(user: Any, query: QueryDict) -> tuple[IdeaQuerySet, GraveyardForm]:
    form = GraveyardForm(query)
    return graveyard.matching(user, form.wanted()), form


def _grave_rows(user: Any, query: QueryDict) -> Iterator[list[object]]:
    ideas, form = _graves(user, query)
    return graveyard.export_lines(ideas, form.sort)


def _counted(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: LONG + 1].count()


def _desk(user: Any, query: QueryDict) -> IdeaQuerySet:
    return desk_list.matching(user, DeskFilterForm(query, user).wanted())


def _overdue(user: Any, query: QueryDict) -> QuerySet[Idea]:
    return overdue.matching(user, OverdueFilterForm(query, user).wanted())


def _my_opinions(user: Any, query: QueryDict) -> QuerySet[IdeaExpert]:
    return experts.opinions_of(user, experts.state_asked(query.get("etat", "")))


def _desk_opinions(user: Any, query: QueryDict) -> QuerySet[IdeaExpert]:
    words = experts.words_asked(query.get("qui", ""))
    return experts.opinions_for_desk(user, experts.state_asked(query.get("etat", "")), words)


def _pairs(query: QueryDict) -> merges.Wanted:
    kept = MergeFilterForm(query).cleaned_data
    return merges.Wanted(kept.get("etat") or "", kept.get("organisme"), kept.get("mots") or "")


def _merges(user: Any, query: QueryDict) -> QuerySet[IdeaMerge]:
    return merges.merges(user, _pairs(query))


def _links(user: Any, query: QueryDict) -> QuerySet[IdeaLink]:
    return merges.links(user, _pairs(query))


def _looks(user: Any, query: QueryDict) -> QuerySet[SecondLook]:
    asked = query.get("etat", "")
    return second_looks.of_desk(user, asked if asked in second_looks.STATES else "a-rendre")


def _lessons(user: Any, query: QueryDict) -> QuerySet[Lesson]:
    return lessons.readable(user, *LessonFilterForm(query).asked())


def _cases(user: Any, query: QueryDict) -> tuple[QuerySet[ModerationCase], moderation.Wanted]:
    wanted = CaseFilterForm(query).wanted()
    return moderation.matching(user, wanted), wanted


def _of_the_desk() -> tuple[Export, ...]:
    """Those that only the people who work a desk may ask for."""
    return (
        _at_desk(
            "desk_ideas",
            "Idées du bureau",
            "idees-du-bureau",
            desk_list.HEADER,
            desk_list.export_lines,
            _desk,
        ),
        _at_desk(
            "overdue_ideas",
            "Réponses en retard",
            "reponses-en-retard",
            overdue.HEADER,
            overdue.export_lines,
            _overdue,
        ),
        _at_desk(
            "desk_opinions",
            "Avis demandés",
            "avis-demandes",
            experts.DESK_HEADER,
            experts.desk_lines,
            _desk_opinions,
        ),
        _at_desk(
            "second_looks",
            "Seconds regards",
            "seconds-regards",
            second_looks.HEADER,
            second_looks.export_lines,
            _looks,
        ),
        _at_desk(
            "idea_merges",
            "Regroupements d’idées",
            "regroupements",
            merges.MERGES_HEADER,
            merges.merge_lines,
            _merges,
        ),
        _at_desk(
            "idea_links", "Idées voisines", "idees-voisines", merges.LINKS_HEADER, merges.link_lines, _links
        ),
        Export(
            "moderation",
            "Dossiers de modération",
            "moderation",
            "ideas",
            moderation.HEADER,
            lambda *asked: moderation.export_lines(*_cases(*asked)),
            lambda *asked: _counted(_cases(*asked)[0]),
            level=Level.CONTRIBUTE,
        ),
    )


def _at_desk(
    code: str,
    title: str,
    filename: str,
    header: Sequence[str],
    lines: Callable[[Any], Iterable[Sequence[Any]]],
    found: Callable[..., Any],
) -> Export:
    """A list of the desk: `found(user, query)` are its rows, `lines` writes them."""
    return Export(
        code,
        title,
        filename,
        "ideas",
        header,
        lambda *asked: lines(found(*asked)),
        lambda *asked: _counted(found(*asked)),
        level=Level.CONTRIBUTE,
    )


def register() -> None:
    for export in (
        Export(
            "ideas", "Idées", "idees", "ideas", HEADER, _rows, lambda *asked: _counted(_wanted(*asked)[0])
        ),
        Export("my_ideas", "Mes idées", "mes-idees", "ideas", HEADER, _my_rows),
        Export(
            "graveyard",
            "Cimetière des idées",
            "cimetiere-des-idees",
            "ideas",
            graveyard.HEADER,
            _grave_rows,
            lambda *asked: _counted(_graves(*asked)[0]),
        ),
        Export(
            "lessons",
            "Ce que nous avons appris",
            "lecons",
            "ideas",
            lessons.HEADER,
            lambda *asked: lessons.export_lines(_lessons(*asked)),
            lambda *asked: _counted(_lessons(*asked)),
        ),
        Export(
            "my_opinions",
            "Mes avis",
            "mes-avis",
            "ideas",
            experts.MINE_HEADER,
            lambda *asked: experts.my_lines(_my_opinions(*asked)),
            lambda *asked: _counted(_my_opinions(*asked)),
        ),
        *_of_the_desk(),
    ):
        exports.register(export)
