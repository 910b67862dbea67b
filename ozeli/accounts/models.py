"""People, profiles, memberships and the matrix of rights."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import cached_property

from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import sort_key
from ozeli.network.models import Organisation

_GRANTS = """
select cell.brick, cell.level, membership.organisation_id
from accounts_membership membership join accounts_matrixcell cell using (profile_id)
where membership.user_id = %(user)s and cell.level > 0
  and (membership.ends_on is null or membership.ends_on >= %(today)s)
  and (membership.delegated_by_id is null or (membership.starts_on <= %(today)s and exists (
    select from accounts_membership source join accounts_user giver on giver.id = source.user_id
    where source.user_id = membership.delegated_by_id and source.profile_id = membership.profile_id
      and (source.organisation_id is null or source.organisation_id = membership.organisation_id)
      and (source.ends_on is null or source.ends_on >= %(today)s)
      and source.delegated_by_id is null and giver.is_active)))
"""


class Profile(models.Model):
    """A set of rights that memberships give."""

    code = models.SlugField("code", max_length=30, unique=True)
    name = models.CharField("nom", max_length=60)
    position = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "profil"

    def __str__(self) -> str:
        return self.name


class MatrixCell(models.Model):
    """The level that a profile holds on a brick; an absent cell is *aucun*."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="cells", db_index=False)
    brick = models.SlugField("brique", max_length=30)
    level = models.PositiveSmallIntegerField(
        "niveau", choices=[(level.value, level.label) for level in Level]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "brick"], name="accounts_one_cell"),
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=3), name="accounts_cell_level"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.brick} {self.level}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def with_organisation(self) -> models.QuerySet["User"]:
        return self.select_related("organisation__branch")


class User(AbstractBaseUser):
    """A person of the network, known by an e-mail address."""

    email = models.EmailField("adresse électronique", max_length=254, unique=True)
    display_name = models.CharField("nom affiché", max_length=120)
    sort_name = models.CharField(max_length=120, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisme", related_name="people"
    )
    job_family = models.CharField("famille de métiers", max_length=80, blank=True)
    is_manager = models.BooleanField("encadre une équipe", default=False)
    is_active = models.BooleanField("compte ouvert", default=True)
    joined_at = models.DateTimeField("arrivée", default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_one_email",
                violation_error_message="Cette adresse a déjà un compte.",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_name"], name="accounts_user_sort"),
            GinIndex(SearchVector("sort_name", config="simple"), name="accounts_user_words"),
        ]
        verbose_name = "personne"

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = sort_key(self.display_name)
        super().save(*args, **kwargs)

    @cached_property
    def grants(self) -> list[tuple[str, int, int | None]]:
        """(brick, level, organisation id or None for the network) of the memberships in force: one query.

        Asked by every page: in SQL, since the ORM would take three times as long to write it.
        """
        with connection.cursor() as cursor:
            cursor.execute(_GRANTS, {"user": self.pk, "today": clock.today()})
            return cursor.fetchall()

    @cached_property
    def levels(self) -> dict[str, Level]:
        """The highest level held on each brick, whatever its scope."""
        levels: dict[str, Level] = {}
        for brick, level, _organisation in self.grants:
            levels[brick] = max(levels.get(brick, Level.NONE), Level(level))
        return levels

    def level(self, brick: str) -> Level:
        return self.levels.get(brick, Level.NONE) if self.is_active else Level.NONE

    def scope(self, brick: str, level: Level) -> frozenset[int] | None:
        """The bodies on which this person holds `level` on the brick; None is the whole network."""
        held = {organisation for name, given, organisation in self.grants if name == brick and given >= level}
        return None if None in held else frozenset(one for one in held if one is not None)

    def contribution_scope(self, brick: str) -> frozenset[int] | None:
        """Where this person works the desk of a brick; None is the whole network, empty is nowhere."""
        return self.scope(brick, Level.CONTRIBUTE)

    def contributes_to(self, brick: str, organisation_id: int | None) -> bool:
        """Whether this person works the desk of the brick for that body (None: no known body, network desk only)."""
        scope = self.contribution_scope(brick)
        return scope is None or organisation_id in scope

    def get_absolute_url(self) -> str:
        return reverse("accounts:me")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> "MembershipQuerySet":
        """Those that hold today (`_GRANTS` says the same in SQL).

        A delegation is worth what whoever gave it holds now: it falls with their own profile, or their account.
        """
        today = clock.today()
        source = Membership.objects.filter(
            Q(organisation__isnull=True) | Q(organisation=OuterRef("organisation")),
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            user=OuterRef("delegated_by"),
            user__is_active=True,
            profile=OuterRef("profile"),
            delegated_by__isnull=True,
        )
        runs = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        return self.filter(runs, Q(delegated_by__isnull=True) | (Q(starts_on__lte=today) & Q(Exists(source))))


class Membership(models.Model):
    """A profile held on the whole network (no organisation) or on one body, until a date or without end.

    With `delegated_by` it is lent by somebody who holds it, between two dates.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", db_index=False)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name="organisme"
    )
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    starts_on = models.DateField("à partir du", null=True, blank=True)
    delegated_by = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, verbose_name="délégué par", related_name="delegations"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delegated_by__isnull=True) | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="accounts_delegation_bounded",
                violation_error_message="Une délégation a un début et une fin.",
            ),
            models.UniqueConstraint(
                fields=["user", "profile", "organisation"],
                nulls_distinct=False,
                name="accounts_one_membership",
            ),
        ]
        verbose_name = "appartenance"

    def __str__(self) -> str:
        return f"{self.user_id} {self.profile_id} {self.organisation_id or 'réseau'}"


class ActorKey(models.Model):
    """The key under which a person stands in the journal; erasing the row makes the journal nameless (rule 5)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="actor_key")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    def __str__(self) -> str:
        return str(self.key)


class InvitationState(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    EXPIRED = "expired", "Périmée"
    CANCELLED = "cancelled", "Annulée"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unanswered(self) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True)

    def live(self) -> "InvitationQuerySet":
        return self.unanswered().filter(expires_at__gt=clock.now())

    def in_state(self, state: str) -> "InvitationQuerySet":
        if state == InvitationState.ACCEPTED:
            return self.filter(accepted_at__isnull=False)
        if state == InvitationState.CANCELLED:
            return self.filter(cancelled_at__isnull=False)
        if state == InvitationState.EXPIRED:
            return self.unanswered().filter(expires_at__lte=clock.now())
        return self.live()


class Invitation(models.Model):
    """An account offered to an address: the body it will belong to, and the profile it will hold.

    The link of the mail signs `key`: no table holds what opens the door, and sending again draws another key.
    """

    email = models.EmailField("adresse électronique", max_length=254)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisme", related_name="invitations"
    )
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="invitations", verbose_name="profil")
    scope = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name="périmètre", related_name="+"
    )
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invitations_sent")
    account = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="invitation")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField("dernier envoi", null=True, blank=True)
    expires_at = models.DateTimeField("valable jusqu’au")
    accepted_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="accounts_one_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="accounts_invitation_one_end",
            ),
        ]
        verbose_name = "invitation"

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.cancelled_at:
            return InvitationState.CANCELLED
        return InvitationState.EXPIRED if self.expires_at <= clock.now() else InvitationState.PENDING


class OpenSession(models.Model):
    """Where and when a session was opened, for its owner to recognise it: a day, a device, the start of an address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    opened_at = models.DateTimeField(default=clock.now)
    seen_on = models.DateField(default=clock.today)
    device = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=43, blank=True)

    class Meta:
        verbose_name = "session"

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class BodySign(models.Model):
    """What single sign-on says of a body: the domain of its addresses, or a value of the provider's claim (a SIRET)."""

    class Kind(models.TextChoices):
        DOMAIN = "domain", "Domaine des adresses"
        CLAIM = "claim", "Code donné par le fournisseur"

    kind = models.CharField("nature", max_length=10, choices=Kind.choices)
    value = models.CharField("valeur", max_length=190)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisme", related_name="signs"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                name="accounts_one_body_a_sign",
                violation_error_message="Cette valeur désigne déjà un organisme.",
            ),
        ]
        verbose_name = "signe d’un organisme"

    def __str__(self) -> str:
        return self.value
