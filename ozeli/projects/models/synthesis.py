"""Half-yearly syntheses: a draft written from the data, edited by section, then published once and kept."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ozeli.core.access import Level
from ozeli.core.ui import BadgeLook
from ozeli.network.enums import Audience
from ozeli.network.models import Branch, Organisation

from ..enums import SynthesisState
from .projects import Project

if TYPE_CHECKING:
    from ozeli.accounts.models import User

SYNTHESIS_KIND = "synthesis"
# Rows that a source keeps; its total stays true.
MOST_ROWS = 500
_LOOKS = {
    SynthesisState.DRAFT: BadgeLook("En préparation", "todo", "wait"),
    SynthesisState.PUBLISHING: BadgeLook("Publication en cours", "half"),
    SynthesisState.PUBLISHED: BadgeLook("Publiée", "okc", "done"),
    SynthesisState.WITHDRAWN: BadgeLook("Retirée", "withdrawn", "rest"),
}


class SynthesisQuerySet(models.QuerySet["Synthesis"]):
    def visible_to(self, user: "User") -> "SynthesisQuerySet":
        """Those that this person may read: published ones by their audience, every one by those who write it.

        Object form: `synthesis_rules.can_see`.
        """
        if user.level("projects") < Level.CONSULT:
            return self.none()
        scope = user.contribution_scope("projects")
        if scope is None:
            return self
        audience = (
            Q(audience=Audience.NETWORK)
            | Q(audience=Audience.BRANCH, branch_id=user.organisation.branch_id)
            | Q(audience=Audience.ORGANISATION, organisation_id=user.organisation_id)
        )
        return self.filter(
            (Q(state=SynthesisState.PUBLISHED) & audience)
            | Q(scope=Audience.ORGANISATION, organisation_id__in=scope)
        )


class Synthesis(models.Model):
    """What a scope (the network, a branch, a body) did and learnt over a period, for the readers of its audience."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField("titre", max_length=140)
    scope = models.CharField("porte sur", max_length=12, choices=Audience.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="+")
    # It may only quote projects that all these readers may read.
    audience = models.CharField("lue par", max_length=12, choices=Audience.choices)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    # Typed by hand, as it stands on paper: the name and the function of whoever signs.
    signature = models.CharField("signée par", max_length=160, blank=True)
    state = models.CharField(
        "état", max_length=10, choices=SynthesisState.choices, default=SynthesisState.DRAFT
    )
    # How far its publication is, in percent, and why the last one failed.
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_on = models.DateField("commencée le")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_on = models.DateField("publiée le", null=True, blank=True)
    withdrawn_reason = models.CharField("pourquoi elle est retirée", max_length=240, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SynthesisQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="projects_synthesis_forwards",
                violation_error_message="La période finit après avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(scope=Audience.NETWORK, branch__isnull=True, organisation__isnull=True)
                | Q(scope=Audience.BRANCH, branch__isnull=False, organisation__isnull=True)
                | Q(scope=Audience.ORGANISATION, branch__isnull=False, organisation__isnull=False),
                name="projects_synthesis_scope",
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.NETWORK)
                | Q(audience=Audience.BRANCH, scope__in=[Audience.BRANCH, Audience.ORGANISATION])
                | Q(audience=Audience.ORGANISATION, scope=Audience.ORGANISATION),
                name="projects_synthesis_audience",
                violation_error_message="Les lecteurs sont au moins ceux dont la synthèse parle.",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True)
                | Q(state__in=[SynthesisState.PUBLISHED, SynthesisState.WITHDRAWN]),
                name="projects_synthesis_published_day",
            ),
        ]
        indexes = [models.Index(F("ends_on").desc(), F("id").desc(), name="projects_syntheses")]
        verbose_name = "synthèse"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:synthesis", args=[self.pk])

    @property
    def look(self) -> BadgeLook:
        return _LOOKS[SynthesisState(self.state)]

    @property
    def is_draft(self) -> bool:
        return self.state == SynthesisState.DRAFT

    @property
    def about(self) -> str:
        """What it is about: « Tout le réseau », « Branche Maladie », « CPAM de la Loire »."""
        if self.organisation is not None:
            return self.organisation.name
        return f"Branche {self.branch.name}" if self.branch is not None else "Tout le réseau"


class SynthesisSection(models.Model):
    """A part of a synthesis: a text whose sentences call their sources (« [2] »), and the figures beside it.

    `figures` are never typed: {"facts": [[name, value]…], "tables": [{"caption", "header", "rows", "words"}…]}.
    """

    synthesis = models.ForeignKey(Synthesis, models.CASCADE, related_name="sections", db_index=False)
    code = models.SlugField(max_length=40)
    title = models.CharField("titre", max_length=140)
    body = models.TextField("texte", blank=True)
    figures = models.JSONField(default=dict, blank=True)
    # The project of which it is the page; none for the other sections.
    project = models.ForeignKey(Project, models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    is_edited = models.BooleanField(default=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_on = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["synthesis", "code"], name="projects_one_section"),
        ]
        verbose_name = "section de synthèse"

    def __str__(self) -> str:
        return self.title

    @property
    def is_page(self) -> bool:
        """The page of a project, rather than a section about all of them."""
        return self.code.startswith("projet-")


class SynthesisSource(models.Model):
    """The rows behind a sentence, as they stood when it was written: [[id, title, body, what is told of it]…]."""

    section = models.ForeignKey(SynthesisSection, models.CASCADE, related_name="sources", db_index=False)
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    total = models.PositiveIntegerField()
    rows = models.JSONField(default=list)
    # The list of the portal that tells the same today, when there is one.
    address = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="projects_one_source"),
        ]

    def __str__(self) -> str:
        return self.label


class SynthesisFile(models.Model):
    """A published file, in the base: every node gives it back, and it is never made again."""

    synthesis = models.ForeignKey(Synthesis, models.CASCADE, related_name="files", db_index=False)
    format = models.CharField(max_length=4, choices=[("pdf", "PDF"), ("docx", "Word (.docx)")])
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["synthesis", "format"], name="projects_one_file"),
        ]

    def __str__(self) -> str:
        return f"{self.synthesis_id} {self.format}"
