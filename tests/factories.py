"""Rows for the tests, made as the product makes them: a body, people of it, ideas in any state."""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import transaction
from factory.django import DjangoModelFactory

from ozeli.accounts.models import Membership, Profile, User
from ozeli.challenges.enums import ChallengeState, PhaseKind
from ozeli.challenges.models import Challenge, ChallengeBody, Phase
from ozeli.challenges.services.phases import settle_dates
from ozeli.core import clock
from ozeli.engagement.models import Ballot, Comment, Poll
from ozeli.ideas.enums import OPEN_STATES, VOTING_STATES, State, Verdict
from ozeli.ideas.models import KIND, Decision, Idea, IdeaAuthor
from ozeli.ideas.services.circuit import answer_due_on
from ozeli.network.enums import Audience
from ozeli.network.models import Branch, Domain, Organisation

PASSWORD = "un-mot-de-passe-sûr"
_HASH = MD5PasswordHasher().encode(PASSWORD, "sel")

ANSWER = (
    "Merci pour cette idée précise. Nous ne la retenons pas, car l’outil commun la couvre déjà ;"
    " voici comment y participer dès la semaine prochaine."
)


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = Branch
        django_get_or_create = ("code",)

    code = "maladie"
    name = factory.LazyAttribute(lambda branch: branch.code.capitalize())


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"cpam-{n}")
    name = factory.LazyAttribute(lambda body: body.code.replace("-", " ").upper())
    branch = factory.SubFactory(BranchFactory)


class DomainFactory(DjangoModelFactory):
    class Meta:
        model = Domain
        django_get_or_create = ("code",)

    code = "accueil"
    name = factory.LazyAttribute(lambda domain: domain.code.capitalize())


class UserFactory(DjangoModelFactory):
    """A person with the profile Consultation on the whole network, unless told otherwise.

    `profile` is a profile code or None; `scope` a body or None (the network).
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.test")
    display_name = factory.Sequence(lambda n: f"Camille Durand{n}")
    organisation = factory.SubFactory(OrganisationFactory)
    password = _HASH

    @factory.post_generation
    def profile(self, create: bool, code: str | None, **kwargs: Any) -> None:
        if kwargs.get("none"):
            return
        Membership.objects.create(
            user=self, profile=Profile.objects.get(code=code or "reader"), organisation=kwargs.get("scope")
        )


class IdeaFactory(DjangoModelFactory):
    """An idea in any state, true to every rule: ballot, author, and the published answer when it is not retained."""

    class Meta:
        model = Idea
        skip_postgeneration_save = True
        exclude = ("author",)

    id = factory.LazyFunction(uuid.uuid4)
    author = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Rappeler le rendez-vous par SMS {n}")
    problem = "Un rendez-vous sur cinq est manqué, et le créneau est perdu pour tout le monde."
    proposal = "Envoyer un message la veille, avec un lien pour déplacer ou annuler."
    domain = factory.SubFactory(DomainFactory)
    is_anonymous = False
    state = State.DEPOSITED
    audience = Audience.NETWORK
    round = 1
    deposited_on = factory.LazyFunction(lambda: clock.today() - timedelta(days=5))
    organisation = factory.LazyAttribute(lambda idea: None if idea.is_anonymous else idea.author.organisation)
    branch = factory.LazyAttribute(lambda idea: idea.author.organisation.branch)
    ballot = factory.LazyAttribute(
        lambda idea: Ballot.objects.create(
            kind=KIND, object_id=idea.id, round=idea.round, is_open=idea.state in VOTING_STATES
        )
    )
    waiting_since = factory.LazyAttribute(
        lambda idea: idea.deposited_on if idea.state in OPEN_STATES else None
    )
    answer_due_on = factory.LazyAttribute(
        lambda idea: (
            answer_due_on(idea.organisation, idea.deposited_on) if idea.state in OPEN_STATES else None
        )
    )

    @classmethod
    @transaction.atomic
    def create(cls, **kwargs: Any) -> Idea:
        """`author=` signs (none when anonymous: then a day keeps its month alone); `authors=` gives several."""
        authors = kwargs.pop("authors", None) or [kwargs.get("author") or UserFactory()]
        if kwargs.get("is_anonymous"):
            kwargs["deposited_on"] = kwargs.get("deposited_on", clock.today()).replace(day=1)
        idea = super().create(**kwargs | {"author": authors[0]})
        if not idea.is_anonymous:
            for position, author in enumerate(authors):
                IdeaAuthor.objects.create(idea=idea, user=author, position=position)
        if idea.state == State.NOT_RETAINED:
            DecisionFactory(idea=idea, published_on=clock.today())
        return idea


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    round = factory.LazyAttribute(lambda decision: decision.idea.round)
    verdict = Verdict.NOT_RETAINED
    reason = "exists"
    answer = ANSWER
    prepared_on = factory.LazyFunction(clock.today)


class CommentFactory(DjangoModelFactory):
    """A comment, on `idea`."""

    class Meta:
        model = Comment
        exclude = ("idea",)

    idea = factory.SubFactory(IdeaFactory)
    kind = KIND
    object_id = factory.LazyAttribute(lambda comment: comment.idea.pk)
    author = factory.SubFactory(UserFactory)
    body = "Chez nous, un numéro sur quatre change dans l’année."
    created_at = factory.LazyFunction(clock.now)


class ChallengeFactory(DjangoModelFactory):
    """A challenge of the whole network, published and in its phase of deposits, unless told otherwise.

    `phases` maps a phase to (begins, ends), in days from now; None for no end. `bodies` are those invited.
    """

    class Meta:
        model = Challenge
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"defi-{n}")
    title = factory.Sequence(lambda n: f"Zéro rendez-vous perdu {n}")
    question = "Comment ne plus perdre un seul rendez-vous ?"
    state = ChallengeState.PUBLISHED
    organisation = factory.SubFactory(OrganisationFactory)
    poll = factory.LazyAttribute(
        lambda challenge: Poll.objects.create(kind="challenge", object_id=uuid.uuid4())
    )
    created_on = factory.LazyFunction(clock.today)

    @factory.post_generation
    def phases(self, create: bool, wanted: dict[str, tuple[float, float | None]] | None, **_: Any) -> None:
        for kind, (begins, ends) in (
            wanted or {PhaseKind.DEPOSIT: (-5, 5), PhaseKind.DEBATE: (5, 15)}
        ).items():
            Phase.objects.create(
                challenge=self,
                kind=kind,
                opens_at=clock.now() + timedelta(days=begins),
                closes_at=None if ends is None else clock.now() + timedelta(days=ends),
            )
        Poll.objects.filter(pk=self.poll_id).update(object_id=self.pk)
        settle_dates(self)

    @factory.post_generation
    def bodies(self, create: bool, wanted: list[Organisation] | None, **_: Any) -> None:
        for body in wanted or []:
            ChallengeBody.objects.create(challenge=self, organisation=body)
