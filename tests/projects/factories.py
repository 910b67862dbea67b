"""Projects for the tests, made as the product makes them: an owner, a lifecycle, its first stage entered."""

import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, Role, State
from ozeli.projects.models import Method, Project, ProjectMember, ProjectMove, StageReport
from ozeli.projects.selectors.lifecycles import current_version
from tests.factories import UserFactory


class ProjectFactory(DjangoModelFactory):
    """A project under way in the seven-step lifecycle, carried by `owner`.

    `lifecycle` is a code; `passed` stages are passed; `team` maps a role to people.
    """

    class Meta:
        model = Project
        skip_postgeneration_save = True
        exclude = ("owner",)

    id = factory.LazyFunction(uuid.uuid4)
    owner = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Deux lignes au transfert {n}")
    summary = "Quand un dossier change de main, l’agent écrit ce qui est fait et ce qui reste."
    organisation = factory.LazyAttribute(lambda project: project.owner.organisation)
    branch = factory.LazyAttribute(lambda project: project.organisation.branch)
    audience = Audience.NETWORK
    state = State.UNDER_WAY
    cause = factory.LazyAttribute(
        lambda project: Cause.PRIORITY if project.state in (State.FROZEN, State.ABANDONED) else ""
    )
    created_on = factory.LazyFunction(clock.today)
    touched_on = factory.LazyFunction(clock.today)

    @classmethod
    def create(cls, **kwargs: Any) -> Project:
        owner = kwargs.pop("owner", None) or UserFactory()
        team: dict[Role, list[User]] = kwargs.pop("team", {})
        passed: int = kwargs.pop("passed", 0)
        version = current_version(kwargs.pop("lifecycle", "poc-7"))
        stages = list(version.stages.order_by("number"))
        counted = {
            "stage_count": len(stages),
            "stages_passed": passed,
            "stage_number": passed + 1 if passed < len(stages) else None,
            "progress": round(100 * passed / len(stages)),
        }
        project = super().create(**counted | kwargs | {"owner": owner, "lifecycle": version})
        today = clock.today()
        ProjectMember.objects.create(project=project, user=owner, role=Role.OWNER, joined_on=today)
        for role, people in team.items():
            for person in people:
                ProjectMember.objects.create(project=project, user=person, role=role, joined_on=today)
        for stage in stages[: passed + 1]:
            done = stage.number <= passed
            StageReport.objects.create(
                project=project, stage=stage, entered_on=today, passed_on=today if done else None
            )
        return project


def told(project: Project, number: int = 1, *, methods: tuple[str, ...] = (), **words: Any) -> StageReport:
    """What a team told of a stage: `words` are columns, `methods` codes of the catalogue."""
    stage = project.lifecycle.stages.get(number=number)
    kept = {"written_on": clock.today(), "is_told": True} | words
    report, _made = StageReport.objects.update_or_create(project=project, stage=stage, defaults=kept)
    report.methods.set(Method.objects.filter(code__in=methods))
    return report


def stopped(owner: User | None = None, **traits: Any) -> Project:
    """A project given up, with its cause and its lesson."""
    lesson = traits.pop(
        "lesson", "Demander l’avis du délégué à la protection des données avant d’écrire une ligne."
    )
    note = traits.pop("note", "Le cadre juridique n’a pas tenu.")
    project = ProjectFactory(
        owner=owner,
        state=State.ABANDONED,
        **{"cause": Cause.LEGAL, "passed": 2, "ended_on": clock.today()} | traits,
    )
    ProjectMove.objects.create(
        project=project,
        transition="give_up",
        source=State.UNDER_WAY,
        target=State.ABANDONED,
        cause=project.cause,
        note=note,
        lesson=lesson,
        actor=owner,
        made_on=clock.today(),
    )
    Project.objects.filter(pk=project.pk).update(stage_number=None)
    return project
