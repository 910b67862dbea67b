"""Ideas, their authors, their moves, their decisions.

An idea holds no author and no instant: authors are rows of their own, dates are days (rule 1).
"""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Length, Random
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse
from django.utils.text import slugify

from ozeli.challenges.models import Challenge, ChallengeAnimator
from ozeli.challenges.rules import votes_are_open
from ozeli.challenges.selectors import animated_by
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.ids import short_id
from ozeli.core.ui import BadgeLook
from ozeli.engagement.models import Ballot
from ozeli.network.enums import Audience
from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective

from .enums import ANSWER_MIN_LENGTH, OPEN_STATES, VOTING_STATES, Reason, State, Verdict
from .looks import HIDDEN, LOOKS
from .models_answers import Promised
from .models_merges import Kindred

if TYPE_CHECKING:
    from ozeli.accounts.models import User

KIND = "idea"


def _trimmed(column: str) -> Func:
    """The text without the blanks around it, no-break spaces included."""
    return Func(F(column), Value(" \t\n\r\u00a0\u202f"), function="btrim", output_field=models.TextField())


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, user: "User") -> "IdeaQuerySet":
        """The ideas that this person may read: the only rule, used by every list, page, search, export and mail.

        Object form: `rules.can_see`. Audience first; then the desk of the idea's body, the animators of its challenge,
        its authors and its experts, who also see what is hidden or withdrawn.
        """
        if user.level("ideas") < Level.CONSULT:
            return self.none()
        scope = user.contribution_scope("ideas")
        if scope is None:
            return self
        shown = Q(is_hidden=False) & ~Q(state=State.WITHDRAWN)
        audience = (
            Q(audience=Audience.NETWORK)
            | Q(audience=Audience.BRANCH, branch_id=user.organisation.branch_id)
            | Q(audience=Audience.ORGANISATION, organisation_id=user.organisation_id)
        )
        mine = Exists(IdeaAuthor.objects.filter(idea=OuterRef("pk"), user=user))
        expert = Exists(IdeaExpert.objects.filter(idea=OuterRef("pk"), user=user, declined_on__isnull=True))
        allowed = (shown & audience) | Q(mine) | Q(expert)
        if animated := animated_by(user):
            allowed |= Q(challenge__in=animated)
        return self.filter(allowed | Q(organisation_id__in=scope) if scope else allowed)

    def open_to_all(self) -> "IdeaQuerySet":
        """What everyone who consults may read but merged ideas: a part of `visible_to` (a test proves it)."""
        shown = self.filter(audience=Audience.NETWORK, is_hidden=False)
        return shown.exclude(state__in=(State.WITHDRAWN, State.MERGED))

    def in_scope_of(self, user: "User") -> "IdeaQuerySet":
        """The ideas whose desk this person works."""
        scope = user.contribution_scope("ideas")
        if scope is None:
            return self
        # Asked by the base each time: what is built here may be kept for the day (`core.registry.TodoItem`).
        animated = Exists(ChallengeAnimator.objects.working(user).filter(challenge=OuterRef("challenge")))
        return self.filter(Q(organisation_id__in=scope) | Q(challenge__isnull=False) & Q(animated))

    def of_author(self, user: "User") -> "IdeaQuerySet":
        return self.filter(Exists(IdeaAuthor.objects.filter(idea=OuterRef("pk"), user=user)))

    def with_list_data(self) -> "IdeaQuerySet":
        """Everything that a row of a list shows, in one query more than the list."""
        return self.select_related("organisation", "branch", "domain").prefetch_related("authors__user")


class Idea(Promised, Kindred):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField("titre", max_length=140)
    problem = models.TextField("quel problème voyez-vous ?")
    beneficiaries = models.TextField("pour qui ?", blank=True)
    proposal = models.TextField("que proposez-vous ?")
    benefit = models.TextField("qu’est-ce que cela changerait ?", blank=True)
    domain = models.ForeignKey(Domain, models.PROTECT, verbose_name="domaine", db_index=False)
    objective = models.ForeignKey(
        StrategicObjective, models.PROTECT, null=True, blank=True, verbose_name="objectif stratégique"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, verbose_name="organisme", db_index=False
    )
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, verbose_name="branche")
    audience = models.CharField(
        "visible par", max_length=12, choices=Audience.choices, default=Audience.NETWORK
    )
    is_anonymous = models.BooleanField("anonyme", default=False)

    state = models.CharField("état", max_length=16, choices=State.choices, default=State.DEPOSITED)
    is_hidden = models.BooleanField("masquée", default=False)
    round = models.PositiveSmallIntegerField("tour", default=1)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="+")
    challenge = models.ForeignKey(
        Challenge,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="défi",
        related_name="ideas",
        db_index=False,
    )
    # A place drawn by chance: voters of a challenge read its ideas in an order that favours none.
    shuffle = models.FloatField(db_default=Random(), editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="qui répond",
        related_name="+",
    )
    deposited_on = models.DateField("déposée le")
    version = models.PositiveIntegerField(default=1)

    # Where an imported idea comes from; nobody of the portal deposited it, and nobody owes it an answer.
    source = models.CharField("importée de", max_length=120, blank=True, default="", db_default="")
    external_id = models.CharField(
        "identifiant d’origine", max_length=120, blank=True, default="", db_default=""
    )
    imported_support = models.PositiveIntegerField("soutiens importés", null=True, blank=True)
    is_undated = models.BooleanField("sans date d’origine", default=False, db_default=False)

    # The name of those who deposited it together; nothing for a person alone.
    team = models.CharField("équipe", max_length=80, blank=True, default="", db_default="")

    vote_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state=State.DRAFT), name="ideas_no_draft"),
            models.CheckConstraint(
                condition=Q(is_anonymous=False, organisation__isnull=False, branch__isnull=False)
                | Q(is_anonymous=True, organisation__isnull=True)
                | Q(is_anonymous=False, external_id__gt=""),
                name="ideas_anonymous_without_body",
                violation_error_message="Une idée anonyme ne porte pas d’organisme.",
            ),
            models.CheckConstraint(
                condition=Q(source="", external_id="")
                | Q(source__gt="", external_id__gt="", is_anonymous=False),
                name="ideas_imported_from_somewhere",
                violation_error_message="Une idée importée garde son origine et son identifiant.",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(source__gt=""),
                name="ideas_imported_once",
                violation_error_message="Cette idée est déjà importée.",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False)
                | (Q(deposited_on__day=1) & (Q(waiting_since__isnull=True) | Q(waiting_since__day=1))),
                name="ideas_anonymous_without_day",
                violation_error_message="Une idée anonyme ne garde que le mois de son dépôt.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="ideas_merged_somewhere",
            ),
        ]
        indexes = [
            models.Index(F("deposited_on").desc(), F("id").desc(), name="ideas_recent"),
            models.Index(F("vote_count").desc(), F("id").desc(), name="ideas_supported"),
            models.Index("domain", F("deposited_on").desc(), F("id").desc(), name="ideas_domain_recent"),
            models.Index("organisation", F("deposited_on").desc(), F("id").desc(), name="ideas_body_recent"),
            models.Index("state", F("deposited_on").desc(), F("id").desc(), name="ideas_state_recent"),
            models.Index("domain", F("vote_count").desc(), F("id").desc(), name="ideas_domain_supported"),
            models.Index("organisation", F("vote_count").desc(), F("id").desc(), name="ideas_body_supported"),
            models.Index("state", F("vote_count").desc(), F("id").desc(), name="ideas_state_supported"),
            *(
                models.Index("challenge", *order, condition=Q(challenge__isnull=False), name=name)
                for name, order in (
                    ("ideas_challenge_recent", (F("deposited_on").desc(), F("id").desc())),
                    ("ideas_challenge_supported", (F("vote_count").desc(), F("id").desc())),
                    ("ideas_challenge_shuffled", ("shuffle", "id")),
                )
            ),
            models.Index("answer_due_on", condition=Q(state__in=sorted(OPEN_STATES)), name="ideas_due"),
            models.Index(
                fields=["state", "waiting_since", "id"],
                condition=Q(waiting_since__isnull=False),
                name="ideas_waiting",
            ),
        ]
        verbose_name = "idée"

    def __str__(self) -> str:
        return self.title

    @property
    def short(self) -> str:
        return short_id(self.id)

    @property
    def slug(self) -> str:
        words = slugify(self.title)
        return (words if len(words) <= 60 else words[:61].rpartition("-")[0] or words[:60]) or "idee"

    def get_absolute_url(self) -> str:
        """Written here rather than reversed: a list has fifteen of them."""
        return f"/idees/{self.short}-{self.slug}/"

    @property
    def look(self) -> BadgeLook:
        return HIDDEN if self.is_hidden else LOOKS[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_imported(self) -> bool:
        return bool(self.source)

    @property
    def accepts_votes(self) -> bool:
        """Whether its state lets votes in and, in a challenge, the phase as far as a screen knows.

        The phases are those of its first round: revived, it is voted for as an idea out of a challenge.
        """
        if self.state not in VOTING_STATES or self.is_hidden:
            return False
        return self.challenge_id is None or self.round > 1 or votes_are_open(self.challenge_id)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.answer_due_on is not None and self.answer_due_on < clock.today()

    @property
    def signatories(self) -> list["User"]:
        """The people who sign, first author first; empty when anonymous or erased."""
        return [author.user for author in self.authors.all()]


class IdeaAuthor(models.Model):
    """A person who signs an idea."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="authors", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="authored")
    position = models.PositiveSmallIntegerField(default=0)
    # The merge that made them sign, when they wrote the idea that was absorbed.
    brought_by = models.ForeignKey(
        "ideas.IdeaMerge", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "user"], name="ideas_one_signature")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.idea_id}"


class IdeaDraft(models.Model):
    """What a person is writing, kept by the server and seen by nobody else. The deposit deletes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    # The window that saved it last: two of them on one draft would overwrite each other without knowing.
    saved_from = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        words = self.fields.get("title") or self.fields.get("proposal") or self.fields.get("problem") or ""
        return words.strip()[:80] or "Idée sans titre"

    def get_absolute_url(self) -> str:
        return f"{reverse('ideas:deposit')}?brouillon={self.pk}"


class IdeaMove(models.Model):
    """A step of the life of an idea: from, to, the day, who, why.

    Nobody made it when it was the author of an anonymous idea, or the system.
    """

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="moves")
    transition = models.CharField(max_length=30)
    source = models.CharField(max_length=16, choices=State.choices)
    target = models.CharField(max_length=16, choices=State.choices)
    round = models.PositiveSmallIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class Decision(models.Model):
    """The reasoned answer to an idea: one for a round, prepared then published."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="decisions", db_index=False)
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField("décision", max_length=16, choices=Verdict.choices)
    reason = models.CharField("motif", max_length=12, choices=Reason.choices, blank=True)
    answer = models.TextField("réponse écrite")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    prepared_on = models.DateField()
    published_on = models.DateField(null=True)
    # Written with the publication: since when the answer was awaited, and the first day it was promised for.
    awaited_since = models.DateField(null=True)
    due_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "round"],
                name="ideas_one_decision",
                violation_error_message="Une décision existe déjà pour cette idée.",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.NOT_RETAINED)  # type: ignore[arg-type]
                | (~Q(reason="") & GreaterThanOrEqual(Length(_trimmed("answer")), ANSWER_MIN_LENGTH)),
                name="ideas_refusal_explained",
                violation_error_message=(
                    "Une idée non retenue reçoit un motif et une réponse écrite d’au moins 80 caractères."
                ),
            ),
            models.CheckConstraint(condition=Q(answer__regex=r"\S"), name="ideas_decision_answered"),
        ]
        indexes = [
            models.Index(
                F("published_on").desc(),
                F("id").desc(),
                condition=Q(published_on__isnull=False),
                name="ideas_answered",
            ),
            models.Index(fields=["idea"], condition=Q(published_on__isnull=True), name="ideas_prepared"),
        ]
        verbose_name = "décision"

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.idea_id}"

    @property
    def is_published(self) -> bool:
        return self.published_on is not None


from .models_answers import AnswerLead, AnswerStep  # noqa: E402, F401
from .models_challenges import IdeaPrize, ResultsTold, Selection  # noqa: E402, F401
from .models_desk import (  # noqa: E402, F401 (they point at the models above)
    AnswerTemplate,
    AnswerTemplateQuerySet,
    CompletionRequest,
    DeskNote,
    ExpertNote,
    IdeaExpert,
    PublicationBatch,
    PublicationItem,
)
from .models_graveyard import Lesson, LookState, Novelty, RevivalRequest, RevivalSupport, SecondLook  # noqa: E402, F401
from .models_merges import IdeaLink, IdeaMerge  # noqa: E402, F401
from .models_people import CoauthorInvitation, IdeaAmendment, TeamMember  # noqa: E402, F401
