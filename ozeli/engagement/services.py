"""Votes, comments and tags: everything that writes them.

The caller has checked that the person may take part in the object (its `rules`), and keeps the object's counters in
the same transaction.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.text import slugify

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import clock_time, fold, long_date, number

from .models import Ballot, Comment, Tag, Tagging, Vote

COMMENT_MAX_LENGTH = 4000
COMMENT_EDITABLE = timedelta(minutes=15)
ANSWERED_IS_GONE = (
    "Le commentaire auquel vous répondez n’est plus affiché. Publiez votre texte comme un commentaire."
)
TAG_MAX_LENGTH = 40
TAGS_MAX = 5
TAGS_READ = 100
_TOO_MANY_TAGS = f"Gardez {TAGS_MAX} mots-clés au plus : les plus utiles pour retrouver ce contenu."
_BLANKS = (
    "".join(char for char in map(chr, range(0x10000)) if char.isspace()) + "\u200b\u200c\u200d\u2060\ufeff"
)
_LINE_ENDS = {"\r": "\n", "\u2028": "\n", "\u2029": "\n"}
# Controls, halves of characters, and what turns the reading order of the page around, past the end of the text.
_DROPPED = [
    code for code in range(0xE000) if unicodedata.category(chr(code)) in ("Cc", "Cs") and code not in (9, 10)
]
_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_CLEANED = dict.fromkeys([*_DROPPED, *_TURNING]) | str.maketrans(_LINE_ENDS)

# --- votes --------------------------------------------------------------------------------------------------

# Whether votes enter now: the ballot itself, then what it shares with others. The row is held as its votes hold it,
# so that a ballot which changes polls waits for the votes under way, and they for it.
_BALLOT = """
    select b.id, p.id as poll_id, p.votes_each
    from engagement_ballot b left join engagement_poll p on p.id = b.poll_id
    where b.id = %(ballot)s and b.is_open and (b.closes_at is null or b.closes_at > clock_timestamp())
    and (b.poll_id is null or p.opens_at <= clock_timestamp()
         and (p.closes_at is null or p.closes_at > clock_timestamp()))
    for key share of b
"""
# The vote first, then what it spends: one order for everybody, hence no deadlock. A vote that finds nothing left to
# spend is told by `is_over`, and taken out again by the caller in the same transaction.
_CAST = f"""
with ballot as materialized ({_BALLOT}),
cast_vote as (
    insert into engagement_vote (ballot_id, voter_id, cast_on)
    select id, %(voter)s, %(day)s from ballot
    on conflict (ballot_id, voter_id) do nothing
    returning ballot_id
),
spent as (
    insert into engagement_spending (poll_id, voter_id, spent)
    select poll_id, %(voter)s, 1 from ballot join cast_vote on ballot_id = id where votes_each > 0
    on conflict (poll_id, voter_id) do update set spent = engagement_spending.spent + 1
    where engagement_spending.spent < (select votes_each from ballot)
    returning poll_id
)
select votes_each, votes_each is not null and not exists (select from spent) as is_over
from ballot join cast_vote on ballot_id = id
"""  # noqa: S608 (our own words)
_TAKE_BACK = f"""
with ballot as materialized ({_BALLOT}),
taken as (
    delete from engagement_vote v using ballot b where v.ballot_id = b.id and v.voter_id = %(voter)s
    returning b.poll_id
),
given_back as (
    update engagement_spending s set spent = s.spent - 1 from taken
    where s.poll_id = taken.poll_id and s.voter_id = %(voter)s and s.spent > 0
)
select null, false from taken
"""  # noqa: S608
_UNDO = "delete from engagement_vote where ballot_id = %(ballot)s and voter_id = %(voter)s"
_STANDING = """
select b.is_open and (b.closes_at is null or b.closes_at > clock_timestamp()) as is_open,
    p.id is not null, p.opens_at, p.closes_at,
    p.opens_at > clock_timestamp(), p.closes_at <= clock_timestamp(),
    exists (select from engagement_vote v where v.ballot_id = b.id and v.voter_id = %(voter)s)
from engagement_ballot b left join engagement_poll p on p.id = b.poll_id where b.id = %(ballot)s
"""
VOTES_ARE_CLOSED = "Les votes sont clos : rien n’a été changé."


def open_ballot(kind: str, object_id: UUID, round: int, *, poll_id: int | None = None) -> Ballot:
    """The open ballot of this round of an object; the one there is when the round already has its own."""
    ballot, _created = Ballot.objects.get_or_create(
        kind=kind, object_id=object_id, round=round, defaults={"poll_id": poll_id}
    )
    return ballot


def close_ballot(ballot_id: int) -> None:
    """Take no more votes, and give none back. Closing twice changes nothing."""
    Ballot.objects.filter(pk=ballot_id, is_open=True).update(is_open=False)


def set_vote(ballot_id: int, *, voter: User, wanted: bool) -> int:
    """Bring the vote of a person to the wanted state, by one statement; what it adds to the count: +1, 0 or −1.

    Asking for the state that already holds changes nothing, even once the ballot is closed. Raises Refused when the
    ballot or its poll is closed, or not open yet, judged by the database's clock; and when the person has given all
    the votes of the poll. No lock keeps a ballot from closing: a closing that has not committed yet waits for nobody,
    and the votes cast before it count.
    """
    values: dict[str, Any] = {"ballot": ballot_id, "voter": voter.pk, "day": clock.today()}
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_CAST if wanted else _TAKE_BACK, values)
        changed = cursor.fetchone()
        if changed is None:
            # Open: the wanted state held when we looked, whatever an opposite twin has done since.
            cursor.execute(_STANDING, values)
            refusal = _refusal(cursor.fetchone(), wanted=wanted)
        elif changed[1]:
            cursor.execute(_UNDO, values)
            refusal = _all_given(changed[0])
        else:
            return 1 if wanted else -1
    if refusal:
        raise Refused(refusal)
    return 0


def _all_given(votes_each: int) -> str:
    """What somebody who has no vote left is told."""
    given = "votre seul vote" if votes_each == 1 else f"vos {votes_each} votes"
    taken_back = "Retirez-le" if votes_each == 1 else "Retirez-en un"
    return f"Vous avez donné {given}. {taken_back} pour voter ici."


def _refusal(standing: tuple[Any, ...] | None, *, wanted: bool) -> str:
    """Why nothing was changed; empty when nothing had to be."""
    if standing is None:
        return VOTES_ARE_CLOSED
    is_open, is_shared, opens_at, closes_at, is_early, is_over, held = standing
    if held is wanted:
        return ""
    if is_open and is_early:
        return f"Les votes ouvrent le {_moment(opens_at)}."
    if is_open and is_over:
        return f"Les votes sont clos depuis le {_moment(closes_at)}."
    return "" if is_open and (not is_shared or opens_at is not None) else VOTES_ARE_CLOSED


def _moment(at: datetime) -> str:
    """« 30 novembre 2026 à 18 h »."""
    return f"{long_date(at)} à {clock_time(at)}"


def settle_ballot(ballot_id: int, poll_id: int | None) -> bool:
    """Give a ballot another poll, or none, unless it holds a vote; whether it was done.

    Votes under way are waited for: those of a poll that counts them are not given back once the ballot has left it.
    """
    with transaction.atomic(savepoint=False):
        Ballot.objects.select_for_update(of=("self",)).get(pk=ballot_id)
        if Vote.objects.filter(ballot=ballot_id).exists():
            return False
        Ballot.objects.filter(pk=ballot_id).update(poll=poll_id)
    return True


# --- comments -----------------------------------------------------------------------------------------------


def add_comment(
    kind: str,
    object_id: UUID,
    *,
    author: User,
    body: str,
    parent: Comment | None = None,
    mentions: Sequence[tuple[int, int]] = (),
) -> Comment:
    """Publish a comment on an object, or a reply to `parent`.

    Threads have one level: a reply to a reply goes to the end of its thread. Raises Refused on an empty or too long
    text, and when the comment answered is not (or no longer) on this object. `mentions` are places in the clean text.
    """
    body = _said(body)
    if parent is not None and (_is_gone(parent) or (parent.kind, parent.object_id) != (kind, object_id)):
        raise Refused(ANSWERED_IS_GONE)
    return Comment.objects.create(
        kind=kind,
        object_id=object_id,
        parent_id=(parent.parent_id or parent.pk) if parent else None,
        author=author,
        body=body,
        mentions=list(mentions) or None,
        created_at=clock.now(),
    )


def _is_gone(comment: Comment) -> bool:
    """Whether nobody may answer it: hidden, taken back, or under a hidden one."""
    return (
        comment.is_hidden or comment.is_removed or (comment.parent is not None and comment.parent.is_hidden)
    )


def _said(body: str) -> str:
    """The words of a comment, cleaned; Refused when there are none or too many."""
    body = clean_text(body)
    if not body:
        raise Refused("Écrivez votre commentaire avant de le publier.")
    if len(body) > COMMENT_MAX_LENGTH:
        raise Refused(
            f"Votre commentaire compte {number(len(body))} caractères, la limite est de {number(COMMENT_MAX_LENGTH)}."
            " Raccourcissez-le ou publiez-le en deux fois."
        )
    return body


def is_editable(comment: Comment, user: User) -> bool:
    """Whether this person may still rewrite the comment: their own, a quarter of an hour long."""
    fresh = clock.now() - comment.created_at <= COMMENT_EDITABLE
    return fresh and comment.author_id == user.pk and not (comment.is_hidden or comment.is_removed)


def edit_comment(
    comment: Comment, *, actor: User, body: str, mentions: Sequence[tuple[int, int]] = ()
) -> None:
    """Rewrite one's comment. Raises Refused when it is too late, or hidden meanwhile."""
    body = _said(body)
    if not is_editable(comment, actor):
        raise Refused(
            "Un commentaire se corrige pendant un quart d’heure : répondez-lui pour le préciser, ou retirez-le."
        )
    standing = Comment.objects.filter(pk=comment.pk, is_hidden=False, is_removed=False)
    if not standing.update(body=body, mentions=list(mentions) or None, edited_at=clock.now()):
        raise Conflict("Ce commentaire vient d’être retiré ou masqué : il ne se corrige plus.")


def remove_comment(comment: Comment, *, actor: User) -> bool:
    """Take one's comment back: its words go for good, its place stays. Whether it was still there."""
    if comment.author_id != actor.pk:
        raise Refused("Seule la personne qui a écrit ce commentaire peut le retirer.")
    return bool(
        Comment.objects.filter(pk=comment.pk, is_removed=False).update(
            is_removed=True, body="", mentions=None, edited_at=clock.now()
        )
    )


def set_hidden(comment_id: UUID, hidden: bool) -> None:
    """Hide a comment from everyone but its author and the desk, or show it again."""
    Comment.objects.filter(pk=comment_id).update(is_hidden=hidden)


def count_shown(kind: str, object_id: UUID) -> int:
    """How many comments of an object are read: neither hidden nor taken back, nor under a hidden one."""
    rows = Comment.objects.about(kind, object_id).filter(is_hidden=False, is_removed=False)
    return rows.exclude(parent__is_hidden=True).count()


def clean_text(text: str) -> str:
    """The text as it is kept: one kind of line end, no control character, no blank (even invisible) around."""
    return text.replace("\r\n", "\n").translate(_CLEANED).strip(_BLANKS)


# --- tags ---------------------------------------------------------------------------------------------------


def tag_slug(name: str) -> str:
    """What makes two spellings the same tag: « Œuvres sociales » and « oeuvres-sociales »."""
    return slugify(fold(name))[:50].strip("-")


def clean_tags(names: Sequence[str]) -> dict[str, str]:
    """Tags by slug, in the order given, the first spelling kept. Raises Refused when one cannot stand."""
    if len(names) > TAGS_READ:
        raise Refused(_TOO_MANY_TAGS)
    found: dict[str, str] = {}
    for raw in names:
        name = (
            re.sub(r"\s+", " ", unicodedata.normalize("NFC", clean_text(raw))).strip(" #").replace("'", "’")
        )
        if not name:
            continue
        if len(name) > TAG_MAX_LENGTH:
            raise Refused(f"Le mot-clé « {name[:20]}… » est trop long : {TAG_MAX_LENGTH} caractères au plus.")
        if not (slug := tag_slug(name)):
            raise Refused(f"Le mot-clé « {name} » ne contient ni lettre ni chiffre.")
        found.setdefault(slug, name)
    if len(found) > TAGS_MAX:
        raise Refused(_TOO_MANY_TAGS)
    return found


@transaction.atomic
def set_tags(kind: str, object_id: UUID, names: Sequence[str]) -> list[Tag]:
    """Give an object these tags and no other; the tags, in the order given."""
    wanted = clean_tags(names)
    # In one order for everyone, so that two people who create the same tags wait for each other in turn.
    Tag.objects.bulk_create(
        [Tag(slug=slug, name=wanted[slug]) for slug in sorted(wanted)], ignore_conflicts=True
    )
    by_slug = Tag.objects.in_bulk(list(wanted), field_name="slug")
    tags = [by_slug[slug] for slug in wanted]
    Tagging.objects.filter(kind=kind, object_id=object_id).exclude(tag__in=tags).delete()
    Tagging.objects.bulk_create(
        [Tagging(tag=tag, kind=kind, object_id=object_id) for tag in tags], ignore_conflicts=True
    )
    return tags
