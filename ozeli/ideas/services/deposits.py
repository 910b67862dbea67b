"""Drafts, the deposit, and the author's own changes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from ozeli.accounts.models import User
from ozeli.activity.services import set_follow, tell
from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import open_ballot, set_tags
from ozeli.files.services import drop_files_of, hand_over
from ozeli.network.enums import Audience
from ozeli.network.models import Domain, Organisation, StrategicObjective
from ozeli.search.services import schedule_index

from .. import rules
from ..attachments import DRAFT as DRAFT_KIND
from ..enums import State
from ..models import KIND, Idea, IdeaAuthor, IdeaDraft, IdeaMove
from . import amendments, circuit, coauthors
from .challenges import challenge_taking
from .circuit import promise

MAX_DRAFTS = 20
TOO_LATE = (
    "Cette idée est à l’étude ou a reçu sa réponse : son texte ne change plus. Ajoutez plutôt un commentaire."
)


@dataclass(frozen=True, slots=True)
class IdeaText:
    """What an author writes."""

    title: str
    problem: str
    proposal: str
    domain: Domain
    beneficiaries: str = ""
    benefit: str = ""
    objective: StrategicObjective | None = None
    audience: str = Audience.NETWORK
    tags: Sequence[str] = ()

    def columns(self) -> dict[str, Any]:
        """The columns of `Idea` (tags are rows of their own)."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "tags"}


def save_draft(
    owner: User,
    typed: dict[str, str],
    *,
    draft_id: uuid.UUID | None = None,
    version: int | None = None,
    window: str = "",
) -> IdeaDraft:
    """Keep what a person is typing. An unknown or foreign id starts a new draft.

    `version` is the one that the `window` was opened on: Conflict when another window has saved since; None when
    nothing was read. Raises Refused past 20 drafts: the oldest are the person's to sort.
    """
    kept = {name: value.replace("\0", "")[:20_000] for name, value in typed.items() if isinstance(value, str)}
    if draft_id is not None:
        mine = IdeaDraft.objects.filter(pk=draft_id, owner=owner)
        # The window itself may have saved since: its answer was still on the way.
        as_read = mine if version is None else mine.filter(Q(version=version) | Q(saved_from=window or "?"))
        changed = as_read.update(
            fields=kept, saved_at=clock.now(), saved_from=window, version=F("version") + 1
        )
        if changed:
            return IdeaDraft.objects.get(pk=draft_id)
        if version is not None and mine.exists():
            raise Conflict("Ce brouillon a changé dans une autre fenêtre. Les deux textes sont affichés.")
    if owner.drafts.count() >= MAX_DRAFTS:
        raise Refused(
            f"Vous avez déjà {MAX_DRAFTS} brouillons : déposez-en ou supprimez-en un dans « Mes idées »."
        )
    return IdeaDraft.objects.create(owner=owner, fields=kept, saved_at=clock.now(), saved_from=window)


def delete_draft(owner: User, draft_id: uuid.UUID) -> None:
    """Delete a draft of this person for good, and the files joined to it."""
    if IdeaDraft.objects.filter(pk=draft_id, owner=owner).delete()[0]:
        drop_files_of(DRAFT_KIND, draft_id)


def handler_for(organisation: Organisation, author: User) -> User | None:
    """Who answers an idea of this author alone."""
    return coauthors.handler_for(organisation, [author])


@transaction.atomic
def deposit_idea(
    text: IdeaText,
    *,
    author: User,
    draft_id: uuid.UUID | None = None,
    team: str = "",
    invited: Sequence[User] = (),
    challenge: uuid.UUID | None = None,
) -> Idea:
    """Deposit a signed idea: it is visible at once, its ballot opens and its clock starts.

    With `team`, it is signed by a team; those `invited` are asked to sign too, and stand nowhere until they accept.
    In a `challenge`, its votes are those of the challenge, and so is the delay of its answer when the challenge
    promises one, counted from the deposit. Raises NotTakenError when the challenge takes it no more.
    """
    held = IdeaDraft.objects.select_for_update(of=("self",)).filter(owner=author)
    if draft_id is not None and held.filter(pk=draft_id).first() is None:
        raise Conflict("Ce brouillon vient d’être déposé, ou supprimé, dans une autre fenêtre.")
    # The idea takes the key of its draft: whoever comes back to the draft finds what it became.
    taken = challenge_taking(challenge, author) if challenge is not None else None
    idea = _write_idea(draft_id or uuid.uuid4(), text, author=author, team=team, challenge=taken)
    set_tags(KIND, idea.pk, text.tags)
    set_follow(KIND, idea.pk, user=author, wanted=True)
    if draft_id is not None:
        hand_over(DRAFT_KIND, draft_id, to_kind=KIND, to_id=idea.pk)
        delete_draft(author, draft_id)
    schedule_index(KIND, [idea.pk])
    tell("idea.deposited", KIND, idea.pk, actor=author)
    for person in invited:
        coauthors.invite(idea, person, actor=author)
    return idea


def _write_idea(
    key: uuid.UUID, text: IdeaText, *, author: User, team: str, challenge: Challenge | None
) -> Idea:
    """The idea itself, who signs it and the first step of its life."""
    organisation, today = author.organisation, clock.today()
    idea = Idea.objects.create(
        id=key,
        **text.columns(),
        team=coauthors.clean_team(team),
        organisation=organisation,
        branch_id=organisation.branch_id,
        challenge=challenge,
        ballot=open_ballot(KIND, key, 1, poll_id=challenge.poll_id if challenge else None),
        handler=handler_for(organisation, author),
        deposited_on=today,
        waiting_since=today,
        **promise(organisation, today, challenge.answer_delay_days if challenge else None),
    )
    IdeaAuthor.objects.create(idea=idea, user=author)
    IdeaMove.objects.create(
        idea=idea,
        transition="deposit",
        source=State.DRAFT,
        target=State.DEPOSITED,
        round=1,
        actor=author,
        made_on=today,
    )
    return idea


@transaction.atomic
def edit_idea(idea: Idea, text: IdeaText, *, actor: User, version: int, reason: str = "") -> Idea:
    """Rewrite an idea that is not yet at study. Redeposits it when a complement had been asked.

    Once somebody else has voted or spoken, the change is an amendment: explained by `reason`, kept and told. Raises
    Refused when it is too late or not explained, Conflict when somebody saved another text since `version`.
    """
    if not rules.is_author(actor, idea):
        raise Refused("Seuls ses auteurs changent le texte d’une idée.")
    if not rules.can_edit(actor, idea):
        raise Conflict(TOO_LATE)
    held = circuit.locked(idea)
    if held.version != version or held.state != idea.state:
        raise Conflict(
            "Une autre version a été enregistrée pendant que vous écriviez. Les deux textes sont affichés."
        )
    before, is_read = amendments.snapshot(held), amendments.has_company(held)
    Idea.objects.filter(pk=idea.pk).update(**text.columns(), version=F("version") + 1)
    set_tags(KIND, idea.pk, text.tags)
    idea.refresh_from_db()
    changed = amendments.changes(before, amendments.snapshot(idea))
    if changed and is_read:
        explained = amendments.checked_reason(held, reason)
        amendments.keep_amendment(idea, changed, actor=actor, reason=explained)
    if idea.state == State.TO_COMPLETE:
        circuit.complete(idea, actor=actor)
    schedule_index(KIND, [idea.pk])
    return idea
