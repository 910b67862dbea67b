"""Projects, the people and bodies around them, the ideas they come from."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.ids import short_id
from ozeli.core.ui import BadgeLook
from ozeli.ideas.models import Idea
from ozeli.network.enums import Audience
from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective

from ..enums import ENDED_STATES, LIVE_STATES, BodyRole, Cause, Kind, Role, State, Trigger, Weather
from ..looks import LOOKS, WITHDRAWN
from .lifecycles import Ending, LifecycleVersion

if TYPE_CHECKING:
    from ozeli.accounts.models import User

KIND = "project"
# The order of lists: the last news first.
RECENT = (F("touched_on").desc(), F("id").desc())
# After every day: where nothing is waited for.
NO_DAY = date(9999, 12, 31)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: "User") -> "ProjectQuerySet":
        """The projects that this person may read: the only rule. Object form: `rules.can_see`.

        Audience first; then the desk of the project's body and the people around it, who also see what is withdrawn.
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
        around = Exists(ProjectMember.objects.filter(project=OuterRef("pk"), user=user))
        allowed = (Q(is_withdrawn=False) & audience) | Q(around)
        return self.filter(allowed | Q(organisation_id__in=scope) if scope else allowed)

    def of_person(self, user: "User", *roles: Role) -> "ProjectQuerySet":
        """Those that this person is around, in one of these roles or in any."""
        around = ProjectMember.objects.filter(project=OuterRef("pk"), user=user)
        return self.filter(Exists(around.filter(role__in=roles) if roles else around))


class Project(models.Model):
    """An experiment, followed along the stages of its lifecycle.

    What a list shows or sorts by is kept here by the services that write it: progress, weather, stages passed, the
    cause and the ending, the sums of the budget, the day of the last news.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField("titre", max_length=140)
    kind = models.CharField("nature", max_length=12, choices=Kind.choices, default=Kind.POC)
    summary = models.TextField("en quelques lignes", blank=True)
    pitch = models.TextField("le pitch", blank=True)
    video_url = models.URLField("vidéo", max_length=300, blank=True)
    # One address more: the product itself, its code…
    link_url = models.URLField("lien", max_length=300, blank=True)

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisme", related_name="projects", db_index=False
    )
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name="branche", db_index=False)
    audience = models.CharField(
        "visible par", max_length=12, choices=Audience.choices, default=Audience.NETWORK
    )
    direction = models.CharField("direction à l’origine", max_length=120, blank=True)
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, verbose_name="domaine", db_index=False
    )
    objective = models.ForeignKey(
        StrategicObjective, models.PROTECT, null=True, blank=True, verbose_name="objectif stratégique"
    )
    trigger = models.CharField("fait générateur", max_length=12, choices=Trigger.choices, blank=True)
    keywords = ArrayField(models.CharField(max_length=40), verbose_name="mots-clés", default=list, blank=True)

    lifecycle = models.ForeignKey(LifecycleVersion, models.PROTECT, related_name="projects", db_index=False)
    state = models.CharField("statut", max_length=10, choices=State.choices, default=State.TO_LAUNCH)
    started_on = models.DateField("démarré le", null=True, blank=True)
    expected_end_on = models.DateField("fin prévue le", null=True, blank=True)
    ended_on = models.DateField("fini le", null=True, blank=True)
    ending = models.ForeignKey(
        Ending, models.PROTECT, null=True, blank=True, verbose_name="suite", db_index=False
    )
    # Why it is frozen or given up, as long as it is.
    cause = models.CharField("cause", max_length=12, choices=Cause.choices, blank=True)

    stage_count = models.PositiveSmallIntegerField("étapes", default=0)
    stages_passed = models.PositiveSmallIntegerField("étapes passées", default=0)
    # The number of the stage where it stands: the first that is not passed; empty once all are, or after the end.
    stage_number = models.PositiveSmallIntegerField("étape en cours", null=True, blank=True)
    progress = models.PositiveSmallIntegerField(
        "avancement (%)",
        default=0,
        validators=[MaxValueValidator(100, "Un avancement va de 0 à 100 %%.")],
    )
    # Said by the team rather than counted from the stages passed; the next stage passed counts again.
    progress_is_said = models.BooleanField(default=False)
    weather = models.CharField("météo", max_length=6, choices=Weather.choices, blank=True)
    weather_line = models.CharField("en une ligne", max_length=240, blank=True)
    next_step = models.CharField("prochain pas", max_length=240, blank=True)
    needs = models.CharField("ce qui est attendu", max_length=240, blank=True)
    updated_on = models.DateField("point fait le", null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reminded_on = models.DateField(null=True, blank=True, editable=False)

    budget_planned = models.DecimalField("budget prévu", max_digits=12, decimal_places=2, default=0)
    budget_committed = models.DecimalField("budget engagé", max_digits=12, decimal_places=2, default=0)
    budget_spent = models.DecimalField("budget dépensé", max_digits=12, decimal_places=2, default=0)

    is_withdrawn = models.BooleanField("retiré", default=False)
    created_on = models.DateField("créé le")
    # The day of its last news, whatever they are: the order of lists.
    touched_on = models.DateField("dernières nouvelles")
    version = models.PositiveIntegerField(default=1)

    # Where an imported project comes from; nobody of the portal owns it until somebody takes it on.
    source = models.CharField("importé de", max_length=120, blank=True)
    external_id = models.CharField("identifiant d’origine", max_length=120, blank=True)
    # The version that its import wrote last: once somebody writes the sheet here, an import leaves it alone.
    imported_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # The day that is waited for: its expected end while it is live, and `NO_DAY` else. Lateness and order by term.
    due_on = models.GeneratedField(
        expression=Case(
            When(state__in=sorted(LIVE_STATES), then=Coalesce("expected_end_on", NO_DAY)), default=NO_DAY
        ),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_end_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(expected_end_on__gte=F("started_on")),
                name="projects_end_after_start",
                violation_error_message="La fin prévue vient après le démarrage.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="projects_ended_after_start",
                violation_error_message="Un projet finit après avoir démarré.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED_STATES)) | Q(ended_on__isnull=True, ending__isnull=True),
                name="projects_only_ended_end",
            ),
            models.CheckConstraint(
                condition=Q(cause="") | Q(state__in=[State.FROZEN, State.ABANDONED]),
                name="projects_cause_of_stops",
            ),
            models.CheckConstraint(
                condition=Q(source__gt="") | ~Q(state__in=[State.FROZEN, State.ABANDONED]) | Q(cause__gt=""),
                name="projects_stops_explained",
                violation_error_message="Dites la cause : elle sert à ceux qui viendront après.",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="projects_progress_in_range",
                violation_error_message="Un avancement va de 0 à 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(stages_passed__lte=F("stage_count")), name="projects_stages_counted"
            ),
            models.CheckConstraint(
                condition=Q(source="", external_id="") | Q(source__gt="", external_id__gt=""),
                name="projects_imported_from_somewhere",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(source__gt=""),
                name="projects_imported_once",
                violation_error_message="Ce projet est déjà importé.",
            ),
        ]
        indexes = [
            models.Index(*RECENT, name="projects_recent"),
            models.Index("due_on", "id", name="projects_due"),
            models.Index(F("created_on").desc(), F("id").desc(), name="projects_new"),
            models.Index(F("progress").desc(), *RECENT, name="projects_progress_recent"),
            # A criterion of the list each, in the order of the list: a rare value is as quick as a common one.
            models.Index("state", *RECENT, name="projects_state_recent"),
            models.Index("organisation", *RECENT, name="projects_body_recent"),
            models.Index("branch", *RECENT, name="projects_branch_recent"),
            models.Index("domain", *RECENT, name="projects_domain_recent"),
            models.Index("kind", *RECENT, name="projects_kind_recent"),
            models.Index("lifecycle", "stage_number", *RECENT, name="projects_stage_recent"),
            models.Index("stages_passed", *RECENT, name="projects_passed_recent"),
            models.Index(
                "direction", *RECENT, name="projects_direction_recent", condition=Q(direction__gt="")
            ),
            models.Index("trigger", *RECENT, name="projects_trigger_recent", condition=Q(trigger__gt="")),
            models.Index("weather", *RECENT, name="projects_weather_recent", condition=Q(weather__gt="")),
            models.Index("cause", *RECENT, name="projects_cause_recent", condition=Q(cause__gt="")),
            models.Index("ending", *RECENT, name="projects_ending_recent", condition=Q(ending__isnull=False)),
            models.Index("started_on", name="projects_started", condition=Q(started_on__isnull=False)),
            models.Index(
                "expected_end_on", name="projects_expected", condition=Q(expected_end_on__isnull=False)
            ),
            models.Index("ended_on", name="projects_ended", condition=Q(ended_on__isnull=False)),
            GinIndex("keywords", name="projects_keywords"),
        ]
        verbose_name = "projet"

    def __str__(self) -> str:
        return self.title

    @property
    def short(self) -> str:
        return short_id(self.id)

    @property
    def slug(self) -> str:
        words = slugify(self.title)
        return (words if len(words) <= 60 else words[:61].rpartition("-")[0] or words[:60]) or "projet"

    def get_absolute_url(self) -> str:
        """Written here rather than reversed: a list has fifteen of them."""
        return f"/projets/{self.short}-{self.slug}/"

    @property
    def look(self) -> BadgeLook:
        return WITHDRAWN if self.is_withdrawn else LOOKS[self.state]

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_imported(self) -> bool:
        return bool(self.source)

    @property
    def is_late(self) -> bool:
        """Past its expected end, and not ended."""
        return self.is_live and self.expected_end_on is not None and self.expected_end_on < clock.today()


class ProjectMember(models.Model):
    """A person around a project, in one role: one owner at most."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="projects")
    role = models.CharField("rôle", max_length=8, choices=Role.choices, default=Role.MEMBER)
    part = models.CharField("ce qu’elle y fait", max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    joined_on = models.DateField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"],
                name="projects_one_role",
                violation_error_message="Cette personne est déjà autour du projet.",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(role=Role.OWNER),
                name="projects_one_owner",
                violation_error_message="Un projet a un seul porteur.",
            ),
        ]
        verbose_name = "membre"

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class ProjectBody(models.Model):
    """A body that orders a project or takes part in it, besides the one that carries it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="bodies", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="joined_projects")
    role = models.CharField("rôle", max_length=8, choices=BodyRole.choices, default=BodyRole.PARTNER)

    class Meta:
        ordering = ["role", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "organisation"], name="projects_one_body")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.role}"


class ProjectIdea(models.Model):
    """An idea that a project tries."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="ideas", db_index=False)
    idea = models.ForeignKey(Idea, models.PROTECT, related_name="projects")
    joined_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "idea"], name="projects_one_idea")]

    def __str__(self) -> str:
        return f"{self.idea_id} → {self.project_id}"
