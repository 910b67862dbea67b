"""Pages that people open on themselves, roles in the directory, and the rights of persons over their data."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify

from ozeli.core import clock
from ozeli.core.ids import short_id
from ozeli.network.models import Organisation

from .enums import ExportState, Role, RoleState

KIND = "person"


class PersonPage(models.Model):
    """The page of a person: closed until they open it, and showing what they chose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="page")
    is_open = models.BooleanField("page ouverte", default=False)
    about = models.TextField("quelques lignes sur vous", blank=True)
    shows_job = models.BooleanField("ma famille de métiers", default=True)
    shows_roles = models.BooleanField("mes rôles dans l’annuaire", default=True)
    shows_ideas = models.BooleanField("les idées que j’ai signées", default=True)
    takes_mail = models.BooleanField("on peut m’écrire depuis le portail", default=False)

    class Meta:
        verbose_name = "page d’une personne"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def short(self) -> str:
        return short_id(self.id)

    def get_absolute_url(self) -> str:
        return reverse("people:person", args=[self.short, slugify(self.user.display_name)[:60] or "page"])


class DirectoryRoleQuerySet(models.QuerySet["DirectoryRole"]):
    def in_force(self) -> "DirectoryRoleQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()), state=RoleState.GIVEN)


class DirectoryRole(models.Model):
    """What a person is for the others: ambassadeur, coach… of one body, or of the whole network (no body)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="directory_roles")
    role = models.CharField("rôle", max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name="organisme", related_name="roles"
    )
    state = models.CharField(max_length=8, choices=RoleState.choices, default=RoleState.GIVEN)
    message = models.TextField("pourquoi vous", blank=True)
    since = models.DateField("depuis")
    ends_on = models.DateField("jusqu’au", null=True, blank=True)

    objects = DirectoryRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation"], nulls_distinct=False, name="people_one_role"
            )
        ]
        verbose_name = "rôle de l’annuaire"

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id or 'réseau'}"


class DirectoryEntry(models.Model):
    """A line of the directory, read only (a view of the database): roles given, and the référents of the bodies.

    A référent is a person whose profile works the ideas of that very body: nobody writes it twice.
    """

    id = models.CharField(primary_key=True, max_length=30)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, null=True, related_name="+")
    ends_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "people_directoryentry"

    def __str__(self) -> str:
        return self.id


class DataExport(models.Model):
    """A copy of one's data, made by a job and kept a week for its owner alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="data_exports")
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=["waiting", "running"]), name="people_one_export"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.READY

    @property
    def expires_at(self) -> object:
        return self.ready_at + timedelta(days=7) if self.ready_at else None


class ErasureRequest(models.Model):
    """A person asked to be erased: nothing happens before `due_on`, and it may be called off until then."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="erasure_request")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    by_administrator = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user_id} {self.due_on}"


class Erasure(models.Model):
    """An erasure that was done, so that it may be done again on an older copy of the base.

    `account` is the number of the emptied account, never used again; `proof` ties it to the account that stood there,
    so that another base is left alone. Neither leads to a name.
    """

    account = models.BigIntegerField()
    proof = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField()

    class Meta:
        verbose_name = "effacement"

    def __str__(self) -> str:
        return f"{self.account} {self.proof[:12]}"


from .models_saved import Feed, SavedSearch  # noqa: E402

__all__ = [
    "KIND", "DataExport", "DirectoryEntry", "DirectoryRole", "Erasure", "ErasureRequest", "Feed", "PersonPage",
    "SavedSearch",
]  # fmt: skip
