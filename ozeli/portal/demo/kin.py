"""Ideas that are the same or neighbours; what the cimetière teaches, and the second looks asked of it."""

from datetime import date, timedelta

from django.db.models import QuerySet

from ozeli.accounts.models import User
from ozeli.activity.services import bring_followers
from ozeli.core.french import typographic
from ozeli.engagement import merging
from ozeli.ideas.enums import Reason, State
from ozeli.ideas.models import (
    KIND,
    Decision,
    Idea,
    IdeaLink,
    IdeaMerge,
    IdeaMove,
    Lesson,
    LookState,
    Novelty,
    RevivalRequest,
    RevivalSupport,
    SecondLook,
)
from ozeli.ideas.models_merges import undo_until
from ozeli.ideas.services.merges import recount_kin, sign_together
from ozeli.ideas.services.moderation import recount

from .cast import Cast

WHY = "Les deux idées demandent la même chose : celle qui reste est la plus soutenue."
NEIGHBOURS = (
    "L’une aide à l’accueil, l’autre en ligne : elles servent le même moment du parcours.",
    "La seconde aurait besoin de la première pour commencer.",
    "Deux organismes cherchent la même chose par deux chemins.",
)
LESSONS = {
    Reason.EXISTS: "Beaucoup d’outils existent déjà sans être connus. Cherchez dans « Où est-ce ? » avant de proposer :"
    " une demande d’ouverture va plus vite qu’une idée nouvelle.",
    Reason.LEGAL: "Croiser deux fichiers d’assurés demande un texte. Une idée qui demande d’abord leur accord"
    " aux personnes passe plus facilement.",
    Reason.COST: "Un essai dans un seul organisme se finance sur son budget propre. C’est souvent le bon premier pas.",
}
FROM_AN_ANSWER = (
    "La réponse tenait à un détail technique : nommer l’outil et sa version fait gagner des semaines."
)
ASKED = (
    "La réponse parle d’un outil réservé aux cadres. Ma proposition vise les agents d’accueil, qui n’y ont pas accès.",
    "Le coût retenu compte une licence par agent, alors que trois par site suffiraient.",
    "Le texte cité a changé au printemps : la limite dont parle la réponse n’existe plus.",
)
KEPT = (
    "J’ai relu votre idée et la réponse avec deux collègues qui ne la connaissaient pas. L’outil national couvrira"
    " ce besoin au premier trimestre : nous maintenons la réponse, et vous invitons à son essai."
)


def write_kin(cast: Cast, today: date) -> None:
    people = {user.email: user for user in cast.people.values()}
    network = people["contributrice@demo.test"]
    _merge(network, today)
    _link(network, today)
    _teach(network, today)
    _look_again(network, today)
    _support(list(people.values()), today)


def _merge(network: User, today: date) -> None:
    """Give the ideas that the sheets say merged all that a merge brings; one of them may still be parted."""
    merged = Idea.objects.filter(state=State.MERGED).select_related("merged_into__ballot", "ballot")
    for idea in merged.order_by("-deposited_on", "pk"):
        kept = idea.merged_into
        step = IdeaMove.objects.filter(idea=idea, transition="merge").order_by("-pk").first()
        if kept is None or step is None:
            continue
        union = merging.union_of(idea.ballot_id, kept.ballot_id)
        by_month = idea.is_anonymous or kept.is_anonymous
        made = IdeaMerge.objects.create(
            absorbed=idea,
            kept=kept,
            reason=step.note or WHY,
            merged_by=step.actor or network,
            merged_on=step.made_on.replace(day=1) if by_month else step.made_on,
            undo_until=undo_until(step.made_on, by_month=by_month),
            step=step,
            state_before=step.source,
            waiting_since=idea.deposited_on,
            answer_due_on=idea.deposited_on + timedelta(days=30),
            ballot_was_open=step.source != State.UNDER_STUDY,
            kept_ballot=kept.ballot,
            votes_carried=merging.absorb_votes(idea.ballot_id, kept.ballot_id),
            votes_shared=union.both,
        )
        Idea.objects.filter(pk=kept.pk).update(vote_count=kept.vote_count + made.votes_carried)
        if not kept.is_anonymous:
            sign_together(made)
        bring_followers(KIND, idea.pk, kept.pk)
        merging.move_comments(KIND, idea.pk, kept.pk)
        for one in (idea, kept):
            recount(one)
            recount_kin(one.pk)


def _link(network: User, today: date) -> None:
    """Neighbours within a domain, among the ideas that the whole network reads."""
    shown = Idea.objects.open_to_all().order_by("domain", "-vote_count", "pk")
    by_domain: dict[int, list[Idea]] = {}
    for idea in shown:
        by_domain.setdefault(idea.domain_id, []).append(idea)
    pairs = [sorted(some[:2], key=lambda one: one.pk) for some in by_domain.values() if len(some) > 1]
    for days, ((one, other), reason) in enumerate(zip(pairs, NEIGHBOURS, strict=False)):
        day = today - timedelta(days=6 + 9 * days)
        if one.is_anonymous or other.is_anonymous:
            day = day.replace(day=1)
        IdeaLink.objects.create(one=one, other=other, reason=reason, made_by=network, made_on=day)
        recount_kin(one.pk)
        recount_kin(other.pk)


def _teach(network: User, today: date) -> None:
    for days, (reason, text) in enumerate(LESSONS.items()):
        day = today - timedelta(days=12 + 20 * days)
        Lesson.objects.create(reason=reason, text=typographic(text), written_by=network, written_on=day)
    decision = _declined().filter(idea__is_anonymous=False, reason=Reason.TECHNICAL).first()
    if decision is not None:
        Lesson.objects.create(
            decision=decision,
            reason=decision.reason,
            domain_id=decision.idea.domain_id,
            text=FROM_AN_ANSWER,
            written_by=decision.published_by,
            written_on=today - timedelta(days=4),
        )


def _declined() -> QuerySet[Decision]:
    """The answers of the ideas that are in the cimetière, the last first."""
    found = Decision.objects.filter(idea__state=State.NOT_RETAINED, published_on__isnull=False)
    return found.select_related("idea").order_by("-published_on", "-pk")


def _look_again(network: User, today: date) -> None:
    """One to give, one late, one given: of ideas signed by one person, that somebody else than the network declined."""
    rows = _declined().filter(idea__is_anonymous=False, idea__authors__isnull=False)
    seen: dict[object, Decision] = {}
    for decision in rows.exclude(published_by=network):
        seen.setdefault(decision.idea_id, decision)
    for number, (decision, words) in enumerate(zip(seen.values(), ASKED, strict=False)):
        asked = today - timedelta(days=(8, 41, 50)[number])
        given = number == len(ASKED) - 1
        SecondLook.objects.create(
            idea=decision.idea,
            decision=decision,
            first_decider=decision.published_by,
            asked_by=decision.idea.signatories[0],
            words=words,
            asked_on=max(asked, decision.published_on or asked),
            due_on=max(asked, decision.published_on or asked) + timedelta(days=30),
            state=LookState.MAINTAINED if given else LookState.PENDING,
            answer=KEPT if given else "",
            decided_by=network if given else None,
            decided_on=today - timedelta(days=21) if given else None,
        )


def _support(people: list[User], today: date) -> None:
    """Say what is new in each relaunch, and who stands behind it."""
    for number, request in enumerate(RevivalRequest.objects.order_by("pk")):
        others = [one for one in people if one.pk != request.user_id][: 3 - number % 3]
        RevivalSupport.objects.bulk_create(
            RevivalSupport(request=request, user=one, given_on=today - timedelta(days=2)) for one in others
        )
        request.novelty, request.support_count = Novelty.values[number % len(Novelty.values)], len(others)
        request.save(update_fields=["novelty", "support_count"])
