"""A saved search as an Atom feed (RFC 4287), for a reader that has no session: the rights are asked each time."""

import time
from collections import deque
from datetime import UTC, date, datetime
from datetime import time as day_time

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

from ozeli.accounts.models import User
from ozeli.accounts.rules import owes_second_factor
from ozeli.accounts.selectors import with_grants
from ozeli.core import calendars
from ozeli.core.listings import ListEntry, listings

from .models import Feed
from .services.saved import LOOKED_AT, digest_of, listing_open_to

FRESH = 300  # seconds for which a reader may keep what it got
READS, WINDOW = 12, 60.0
_reads: dict[int, deque[float]] = {}


class OzeliFeed(Atom1Feed):
    """Without entries, a feed is as old as itself: « now » would be a change at every reading."""

    def latest_post_date(self) -> datetime:
        dates = [item["updateddate"] for item in self.items]
        return max(dates) if dates else self.feed["opened"]


def feed_of(token: str) -> tuple[Feed, User] | None:
    """The feed of a token and its owner as they stand now; None when it may not be read (any more)."""
    feed = Feed.objects.select_related("search").filter(digest=digest_of(token)).first()
    if feed is None:
        return None
    owner = next(iter(with_grants([feed.user_id])), None)  # open accounts only
    listing = listing_open_to(owner, feed.search.listing) if owner else None
    if owner is None or listing is None or owes_second_factor(owner):
        return None
    return (feed, owner) if listing.open_to(owner, QueryDict(feed.search.query)) else None


def is_too_fast(feed: Feed) -> bool:
    """More than twelve readings in a minute, as seen by this process: no reader needs it."""
    now = time.monotonic()
    if len(_reads) > 10_000:
        _reads.clear()
    reads = _reads.setdefault(feed.pk, deque(maxlen=READS))
    if len(reads) == READS and now - reads[0] < WINDOW:
        return True
    reads.append(now)
    return False


def write(feed: Feed, owner: User, address: str) -> tuple[str, datetime]:
    """The feed, and when its last entry came."""
    search, listing = feed.search, listings[feed.search.listing]
    query = QueryDict(search.query)
    atom = OzeliFeed(
        title=_printable(f"{search.name} – Ozéli"),
        link=settings.PUBLIC_URL + search.get_absolute_url(),
        description="",
        subtitle=_printable(f"{listing.title}. {listing.describe(query)}".strip()),
        language="fr",
        feed_url=address,
        feed_guid=f"urn:uuid:{search.pk}",
        author_name="Ozéli",
        opened=_instant(feed.created_on),
    )
    for entry in listing.entries(owner, query, LOOKED_AT):
        _add(atom, entry, feed)
    return atom.writeString("utf-8"), atom.latest_post_date()


def write_calendar(feed: Feed, owner: User) -> bytes | None:
    """The agenda of a feed; None when its list has no dates."""
    search, listing = feed.search, listings[feed.search.listing]
    if listing.occasions is None:
        return None
    return calendars.write(f"{search.name} – Ozéli", listing.occasions(owner, QueryDict(search.query)))


def _add(atom: OzeliFeed, entry: ListEntry, feed: Feed) -> None:
    at = _instant(entry.day or feed.created_on)
    atom.add_item(
        title=_printable(entry.title),
        link=settings.PUBLIC_URL + entry.url,
        description=_printable(entry.summary),
        unique_id=f"urn:uuid:{entry.id}",
        author_name=_printable(entry.author) or "Ozéli",
        pubdate=at,
        updateddate=at,
    )


def _printable(text: str) -> str:
    """What XML cannot hold goes."""
    return "".join(char for char in text if char in "\t\n" or (char >= " " and char not in "\ufffe\uffff"))


def _instant(day: date) -> datetime:
    """Noon: only the day is known, and it stays that day in every time zone of the network's France."""
    return timezone.make_aware(datetime.combine(day, day_time(12))).astimezone(UTC)
