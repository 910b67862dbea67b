"""The bodies whose ideas a person administers, and who answers for the answers of each."""

from collections.abc import Iterator

from django.db.models import QuerySet

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.core.paging import keyset_page
from ozeli.network.models import Organisation
from ozeli.network.selectors import active_organisations, answer_delay, starting_with

KEYS = ("sort_name", "id")
HEADER = ("code", "organisme", "délai promis (jours)", "responsable des réponses", "depuis le")
EXPORT_BATCH = 500


def bodies(user: User, words: str = "", *, without_lead: bool = False) -> QuerySet[Organisation]:
    """The open bodies of this person's scope, with their lead."""
    if user.level("ideas") < Level.ADMIN:
        return Organisation.objects.none()
    found, scope = active_organisations(), user.scope("ideas", Level.ADMIN)
    if scope is not None:
        found = found.filter(pk__in=scope)
    if words:
        found = starting_with(found, words)
    if without_lead:
        found = found.filter(answer_lead__isnull=True)
    return found.select_related("branch", "answer_lead__user")


def export_lines(found: QuerySet[Organisation]) -> Iterator[list[object]]:
    cursor, is_first = "", True
    while cursor or is_first:
        some = keyset_page(found, KEYS, cursor, EXPORT_BATCH, ascending=True)
        for body in some.rows:
            lead = getattr(body, "answer_lead", None)
            named = [lead.user.display_name, lead.named_on.isoformat()] if lead else ["", ""]
            yield [body.code, body.name, answer_delay(body), *named]
        cursor, is_first = some.next, False
