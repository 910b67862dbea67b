"""Keep a search, be told of what is new in it, make a feed of it."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.accounts.services import hold
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.core.listings import ListEntry, Listing, listings

from ..enums import Pace
from ..models import Feed, SavedSearch

SEARCHES_MAX = 50
FEEDS_MAX = 20
LOOKED_AT = 30
SEEN_MAX = 300
NEW_RESULTS = "search.new_results"
KIND = "search"
DAYS = {Pace.DAILY: 1, Pace.WEEKLY: 7}


def listing_open_to(user: User, code: str) -> Listing | None:
    """The list of that code, if this person may open it."""
    found = listings.get(code)
    return found if found is not None and user.level(found.brick) >= Level.CONSULT else None


@transaction.atomic
def save_search(user: User, listing: Listing, query: QueryDict, name: str) -> SavedSearch:
    """Keep the filters of a list under a name of one's own."""
    hold(user)
    if SavedSearch.objects.filter(owner=user).count() >= SEARCHES_MAX:
        raise Refused(f"Vous gardez déjà {SEARCHES_MAX} recherches : supprimez-en une.")
    try:
        with transaction.atomic():
            return SavedSearch.objects.create(
                owner=user,
                name=name,
                listing=listing.code,
                query=listing.kept(query),
                created_on=clock.today(),
            )
    except IntegrityError:
        raise Refused("Une de vos recherches porte déjà ce nom.") from None


@transaction.atomic
def change_search(search: SavedSearch, *, name: str, pace: str) -> None:
    """Rename, and choose how often one is told. What is there when one asks is not new."""
    if pace and pace != search.pace:
        search.seen = [str(one.id) for one in _entries(search.owner, search)]
        search.told_on = clock.today()
    search.name, search.pace = name, pace
    try:
        with transaction.atomic():
            search.save(update_fields=["name", "pace", "seen", "told_on"])
    except IntegrityError:
        raise Refused("Une de vos recherches porte déjà ce nom.") from None


def _entries(user: User, search: SavedSearch) -> list[ListEntry]:
    listing = listing_open_to(user, search.listing)
    return list(listing.entries(user, QueryDict(search.query), LOOKED_AT)) if listing else []


# --- being told -------------------------------------------------------------------------------------------------------


def searches_due() -> list[Any]:
    """The ids of the searches whose turn has come today."""
    today = clock.today()
    due = SavedSearch.objects.none()
    for pace, gap in DAYS.items():
        due |= SavedSearch.objects.filter(
            pace=pace, told_on__lte=today - timedelta(days=gap), owner__is_active=True
        )
    return list(due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def tell_new_results(key: Any) -> int:
    """Tell the owner of a search what came since; how many. Run twice in a day, it tells once."""
    search = SavedSearch.objects.select_for_update(of=("self",)).filter(pk=key).exclude(pace="").first()
    if search is None or search.told_on == clock.today():
        return 0
    owner = next(iter(with_grants([search.owner_id])), None)
    found = _entries(owner, search) if owner else []
    new = [one for one in found if str(one.id) not in set(search.seen)]
    search.seen = [*(str(one.id) for one in new), *search.seen][:SEEN_MAX]
    search.told_on = clock.today()
    search.save(update_fields=["seen", "told_on"])
    if new:
        # Titles are read again when the words are written: nothing of the ideas is kept here.
        tell(NEW_RESULTS, KIND, search.pk, actor=None, new=[str(one.id) for one in new])
    return len(new)


# --- feeds ------------------------------------------------------------------------------------------------------------


def digest_of(token: str) -> str:
    """A token is 256 bits drawn at random: a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_feed(search: SavedSearch) -> str:
    """Open a feed; its token, which is shown once and kept nowhere."""
    listing = listings.get(search.listing)
    if listing is None or not listing.has_feed:
        raise Refused("Cette recherche n’a pas d’ordre dans le temps : elle ne peut pas devenir un flux.")
    hold(search.owner)
    if Feed.objects.filter(user=search.owner).count() >= FEEDS_MAX:
        raise Refused(f"Vous avez déjà {FEEDS_MAX} flux : révoquez-en un.")
    token = secrets.token_urlsafe(32)
    Feed.objects.create(search=search, user=search.owner, digest=digest_of(token), created_on=clock.today())
    return token


@transaction.atomic
def follow(user: User, listing: Listing, query: QueryDict, name: str) -> tuple[SavedSearch, str]:
    """Keep a thing (a challenge) among one's searches if it is not yet, and open a feed on it; its token."""
    kept = listing.kept(query)
    search = SavedSearch.objects.filter(owner=user, listing=listing.code, query=kept).first()
    if search is None:
        search = save_search(user, listing, query, _free_name(user, name))
    return search, open_feed(search)


def _free_name(user: User, name: str) -> str:
    """A name that no other search of this person bears."""
    taken = set(SavedSearch.objects.filter(owner=user).values_list("name", flat=True))
    names = (name[:80], *(f"{name[:74]} ({one})" for one in range(2, SEARCHES_MAX + 2)))
    return next(one for one in names if one not in taken)


def revoke_feed(user: User, pk: int) -> None:
    """The address answers nothing at the next request."""
    if not Feed.objects.filter(pk=pk, user=user).delete()[0]:
        raise Conflict("Ce flux est déjà révoqué.")
    _mark(pk).unlink(missing_ok=True)


def _mark(pk: int) -> Path:
    return Path(settings.HOME) / "feeds" / str(pk)


def mark_used(feed: Feed) -> None:
    """Remember the day of this reading. A file's date, not a row: reading a feed writes nothing in the base."""
    if last_used_on(feed) == clock.today():
        return
    path = _mark(feed.pk)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return


def last_used_on(feed: Feed) -> date | None:
    try:
        at = _mark(feed.pk).stat().st_mtime
    except OSError:
        return None
    return timezone.localdate(datetime.fromtimestamp(at, tz=timezone.get_current_timezone()))
