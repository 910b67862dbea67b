"""What this app brings to the pages, the search, the mails and the journal of the others."""

from typing import Any

from django.http import HttpRequest, QueryDict

from ozeli.accounts.services.delegations import told_by
from ozeli.challenges.enums import ChallengeState
from ozeli.challenges.models import Challenge
from ozeli.core.french import quoted
from ozeli.core.listings import ListEntry, Listing, listings
from ozeli.core.people import register_pages
from ozeli.core.registry import Panel, journal_verbs, panels, searchables
from ozeli.network.models import Organisation
from ozeli.search.cards import cards
from ozeli.search.selectors import search

VERBS = {
    "directory.give_role": "a donné un rôle de l’annuaire",
    "directory.end_role": "a mis fin à un rôle de l’annuaire",
    "directory.refuse_role": "a refusé un rôle de l’annuaire",
    "person.ask_erasure": "a demandé l’effacement d’un compte",
    "person.keep_account": "a renoncé à l’effacement d’un compte",
    "person.erased": "a effacé un compte",
    "retention.applied": "a effacé ce qui avait fait son temps",
}


def register() -> None:
    from . import notifications, notifications_loans, searchable
    from .selectors.pages import open_pages
    from .services import loans

    journal_verbs.register(**VERBS)
    journal_verbs.name_family("Annuaire", "directory")
    journal_verbs.name_family("Comptes et connexion", "person", "retention")
    register_pages(lambda: open_pages())
    searchable.register()
    notifications.register()
    notifications_loans.register()
    told_by(lent=loans.tell_lent, taken_back=loans.tell_taken_back)
    listings.register(
        Listing(
            "search",
            "Recherche",
            "search",
            "/recherche/",
            ("q", "sorte"),
            _search_entries,
            _search_words,
            has_feed=False,
            position=90,
        )
    )
    panels.register(
        Panel("agenda", "challenge", "challenges", "people/panels/_agenda.html", _agenda, position=60)
    )
    panels.register(Panel("save_search", "search", "search", "people/panels/_save_search.html", _search))
    panels.register(
        Panel("roles", "organisation", "directory", "people/panels/_roles.html", _roles, position=20)
    )
    panels.register(
        Panel("delays", "organisation", "ideas", "people/panels/_delays.html", _delays, position=20)
    )
    panels.register(
        Panel("answers", "organisation", "ideas", "people/panels/_answers.html", _answers, position=15)
    )
    panels.register(
        Panel("children", "organisation", "directory", "people/panels/_children.html", _children, position=40)
    )


def _search(request: HttpRequest, text: str) -> dict[str, Any] | None:
    return {"query": request.GET.urlencode()} if text else None


def _search_entries(user: Any, query: QueryDict, limit: int) -> list[ListEntry]:
    """What a search by words finds now, best first: it has no order in time, hence no feed."""
    kind = query.get("sorte", "")
    kinds = [kind] if kind in searchables else None
    found = search(query.get("q", ""), user=user, kinds=kinds, limit=limit)
    return [ListEntry(card.object_id, card.title, card.url) for _hit, card in cards(found.hits, user)]


def _search_words(query: QueryDict) -> str:
    return quoted(query.get("q", ""))


def _agenda(request: HttpRequest, challenge: Challenge) -> dict[str, Any] | None:
    """Nothing to put in an agenda while it is in preparation."""
    return None if challenge.state == ChallengeState.DRAFT else {"aside": True, "slug": challenge.slug}


def _roles(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    from .selectors.directory import line, of_body

    return {
        "aside": True,
        "lines": [line(one) for one in of_body(organisation)],
        "organisation": organisation,
    }


def _delays(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """The public figures of the right to an answer: no query once they are kept."""
    from ozeli.ideas.selectors.answered import lines

    told = lines()
    return {
        "aside": False,
        "line": told.of(organisation.pk),
        "code": organisation.code,
        "period": told.period,
    }


def _answers(request: HttpRequest, organisation: Organisation) -> dict[str, Any] | None:
    from .selectors.bodies import answers

    found = answers(request.user, organisation)  # type: ignore[arg-type]
    return {"aside": False, "answers": found} if found else None


def _children(request: HttpRequest, organisation: Organisation) -> dict[str, Any] | None:
    from .selectors.bodies import children

    found, more = children(organisation)
    return {"aside": False, "bodies": found, "more": more} if found else None
