"""A challenge in preparation: from a model or from an earlier challenge, then saved step by step."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Poll
from ozeli.network.enums import Audience
from ozeli.network.models import Organisation

from .. import rules
from ..calendar import Planned, faults, shifted
from ..days import end_of, start_of, years_to_add
from ..enums import AnimatorRole, ChallengeState, Format, PhaseKind, VotingRule
from ..formats import models
from ..models import KIND, Challenge, ChallengeAnimator, ChallengeBody, Phase, Prize
from . import communication
from .held import hold, note, touch
from .phases import settle_dates

FIRST_DAY = timedelta(days=21)
COPIED = (
    "title", "question", "theme", "presentation", "rules_text", "format", "audience", "branch_id", "objective_id",
    "domain_id", "voting_rule", "votes_each", "threshold", "answer_delay_days",
)  # fmt: skip
# What may still be put right once everybody reads it: never who takes part, nor how one votes.
TEXTS = ("title", "question", "theme", "presentation", "rules_text", "objective_id", "domain_id")
NOT_YOURS = "Vous ne préparez de défi que pour les organismes dont vous avez la charge."
NOT_SO_WIDE = (
    "Vous ouvrez un défi aux organismes dont vous avez la charge. Pour l’ouvrir à d’autres, à une branche ou à tout le"
    " réseau, adressez-vous à l’équipe qui administre les défis."
)
IS_PUBLISHED = (
    "Ce défi est publié : ce point ne change plus. Les dates se prolongent depuis sa page « Calendrier »."
)
IS_OVER = "Ce défi est annulé : il ne change plus."


@transaction.atomic
def create(format: Format, *, actor: User) -> Challenge:
    """A draft from the shipped model of a format, for the person's own body, its phases from a Monday to come."""
    model = models()[format]
    draft = _new(
        actor,
        format=format,
        rules_text=model.rules,
        voting_rule=model.rule,
        votes_each=model.votes_each,
        threshold=model.threshold,
        answer_delay_days=model.delay,
    )
    first = _a_monday(clock.today() + FIRST_DAY)
    _write_phases(
        draft,
        [
            Planned(
                one.kind,
                start_of(first + timedelta(days=one.after)),
                None if one.days is None else end_of(first + timedelta(days=one.after + one.days - 1)),
            )
            for one in model.phases
        ],
    )
    note("prepare", draft, actor)
    return draft


@transaction.atomic
def copy(source: Challenge, *, actor: User) -> Challenge:
    """A draft « comme l’an dernier »: its words, rule, prizes and phases, whole years later, never its team.

    What the person may not open so widely is narrowed to their body. The caller has checked that they see the source.
    """
    kept = {name: getattr(source, name) for name in COPIED}
    bodies = [row.organisation_id for row in source.bodies.all()]
    if not rules.may_invite(actor, source.audience, bodies):
        kept |= {"audience": Audience.ORGANISATION, "branch_id": None}
        bodies = []
    carrier = source.organisation if rules.may_carry(actor, source.organisation_id) else None
    draft = _new(actor, carrier, bodies, copied_from=source, **kept)
    phases = [Planned(PhaseKind(one.kind), one.opens_at, one.closes_at) for one in source.phases.all()]
    gap = years_to_add(phases, clock.today())
    _write_phases(draft, shifted(phases, gap))
    Prize.objects.bulk_create(
        Prize(challenge=draft, position=one.position, title=one.title, description=one.description)
        for one in source.prizes.all()
    )
    if rules.works_desk(
        actor, source
    ):  # its plan is read by its team alone; the others get that of the format
        communication.copy_plan(source, draft, gap)
    else:
        communication.propose(draft)
    note("prepare", draft, actor, copied_from=str(source.pk))
    return draft


@transaction.atomic
def save(
    challenge: Challenge,
    values: Mapping[str, Any],
    *,
    actor: User,
    version: int,
    bodies: Sequence[Organisation] | None = None,
) -> Challenge:
    """Give the challenge other values. Raises Conflict when it is not the version that the person had before them."""
    held = _workable(challenge, actor, version)
    if held.state == ChallengeState.PUBLISHED and (bodies is not None or not set(values) <= set(TEXTS)):
        raise Refused(IS_PUBLISHED)
    changes = {name: [getattr(held, name), value] for name, value in values.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    for name, value in values.items():
        setattr(held, name, value)
    if bodies is not None:
        _check_reach(held, bodies, actor)
    held.save(update_fields=list(values))
    if bodies is not None:
        _invite(held, bodies)
        settle_dates(held)
    if held.state == ChallengeState.PUBLISHED and changes:
        note("change", held, actor, changes=_plain(changes))
    touch(held, is_shown=held.state == ChallengeState.PUBLISHED)
    return held


@transaction.atomic
def save_phases(challenge: Challenge, planned: Sequence[Planned], *, actor: User, version: int) -> Challenge:
    """Write the calendar of a draft. Raises Refused with every fault when it does not hold."""
    held = _workable(challenge, actor, version)
    if held.state != ChallengeState.DRAFT:
        raise Refused(IS_PUBLISHED)
    if wrong := faults(planned, today=clock.today()):
        raise Refused(" ".join(one.message for one in wrong))
    held.phases.all().delete()
    _write_phases(held, planned)
    if not held.communication.exists():
        communication.propose(held)
    touch(held, is_shown=False)
    return held


@transaction.atomic
def save_prizes(
    challenge: Challenge, prizes: Sequence[tuple[str, str]], *, actor: User, version: int
) -> Challenge:
    """Write the prizes, in order: (title, what it brings)."""
    held = _workable(challenge, actor, version)
    before = list(held.prizes.values_list("title", "description"))
    if list(prizes) != before:
        _write_prizes(held, prizes)
        if held.state == ChallengeState.PUBLISHED:
            note("change", held, actor, changes={"prizes": [_titles(before), _titles(prizes)]})
    touch(held, is_shown=held.state == ChallengeState.PUBLISHED)
    return held


@transaction.atomic
def delete(challenge: Challenge, *, actor: User) -> None:
    """Drop a draft: nobody else ever saw it."""
    held = _workable(challenge, actor, None)
    if held.state != ChallengeState.DRAFT or not rules.leads(actor, held):
        raise Conflict("Ce défi est publié : il s’annule, avec une raison, mais ne disparaît pas.")
    note("drop", held, actor)
    poll = held.poll
    held.delete()
    poll.delete()


def check_reach(challenge: Challenge, actor: User) -> None:
    """Raise Refused unless this person may open the challenge to those it names, in the name of its body."""
    _check_reach(
        challenge, [row.organisation for row in challenge.bodies.select_related("organisation")], actor
    )


def _check_reach(challenge: Challenge, bodies: Iterable[Organisation], actor: User) -> None:
    if not rules.may_carry(actor, challenge.organisation_id):
        raise Refused(NOT_YOURS)
    if not rules.may_invite(actor, challenge.audience, [body.pk for body in bodies]):
        raise Refused(NOT_SO_WIDE)


def _workable(challenge: Challenge, actor: User, version: int | None) -> Challenge:
    held = hold(challenge, version)
    if held.state == ChallengeState.CANCELLED:
        raise Refused(IS_OVER)
    if not rules.works_desk(actor, held):
        raise Refused("Seule l’équipe de ce défi le modifie.")
    return held


def _new(
    actor: User, carrier: Organisation | None = None, bodies: Sequence[int] = (), **values: Any
) -> Challenge:
    """A draft row with its poll; its creator leads it. Open to the body that carries it unless told otherwise."""
    if not rules.may_create(actor):
        raise Refused(NOT_YOURS)
    key = uuid.uuid4()
    body = carrier or _own_body(actor)
    fields = {"audience": Audience.ORGANISATION, "voting_rule": VotingRule.LIKES} | values
    draft = Challenge.objects.create(
        id=key,
        slug=f"preparation-{key.hex[:12]}",
        organisation=body,
        poll=Poll.objects.create(kind=KIND, object_id=key),
        created_by=actor,
        created_on=clock.today(),
        **fields,
    )
    if draft.audience == Audience.ORGANISATION:
        ChallengeBody.objects.bulk_create(
            ChallengeBody(challenge=draft, organisation_id=pk) for pk in bodies or [body.pk]
        )
    ChallengeAnimator.objects.create(challenge=draft, user=actor, role=AnimatorRole.LEAD)
    return draft


def _own_body(actor: User) -> Organisation:
    """The person's own body when they contribute for it, else the first of theirs."""
    scope = actor.contribution_scope("challenges")
    if scope is None or actor.organisation_id in scope:
        return actor.organisation
    return Organisation.objects.filter(pk__in=scope).order_by("sort_name")[0]


def _invite(challenge: Challenge, bodies: Sequence[Organisation]) -> None:
    challenge.bodies.all().delete()
    ChallengeBody.objects.bulk_create(
        ChallengeBody(challenge=challenge, organisation=body) for body in bodies
    )


def _write_phases(challenge: Challenge, planned: Iterable[Planned]) -> None:
    Phase.objects.bulk_create(
        Phase(challenge=challenge, kind=one.kind, opens_at=one.opens_at, closes_at=one.closes_at)
        for one in planned
    )
    settle_dates(challenge)


def _a_monday(day: date) -> date:
    """The first Monday from that day on."""
    return day + timedelta(days=-day.weekday() % 7)


def _plain(changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Names as the journal reads them."""
    return {name.removesuffix("_id"): pair for name, pair in changes.items()}


def _write_prizes(challenge: Challenge, wanted: Sequence[tuple[str, str]]) -> None:
    """Each prize keeps its row, which an idea may have received: found by its name, else by its place."""
    rows = list(challenge.prizes.all())
    titles = {title for title, _said in wanted}
    left = list(rows)
    for place, (title, said) in enumerate(wanted):
        row = next((one for one in left if one.title == title), None)
        if row is None and place < len(rows) and rows[place] in left and rows[place].title not in titles:
            row = rows[place]
        if row is not None:
            left.remove(row)
        row = row or Prize(challenge=challenge)
        row.position, row.title, row.description = place, title, said
        row.save()
    for one in left:
        try:
            one.delete()
        except ProtectedError as error:
            raise Refused(
                f"Le prix « {one.title} » est déjà remis à une idée : il ne se retire plus."
            ) from error


def _titles(prizes: Iterable[tuple[str, str]]) -> list[str]:
    return [title for title, _said in prizes]
