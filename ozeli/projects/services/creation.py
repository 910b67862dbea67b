"""A project begins: from scratch with a title alone, or from the ideas that it tries."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import carry_followers, tell
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import KIND as IDEA
from ozeli.ideas.models import Idea
from ozeli.ideas.services.circuit import locked, move
from ozeli.network.enums import Audience
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import Role, Trigger
from ..models import KIND, LifecycleVersion, Project, ProjectIdea, ProjectMember, StageReport
from ..selectors.lifecycles import current_version
from .held import note

NOT_YOURS = "Une idée retenue est essayée par ses auteurs, ou par l’équipe d’animation de son organisme."


@transaction.atomic
def create(
    values: dict[str, Any],
    *,
    actor: User,
    ideas: Sequence[Idea] = (),
    lifecycle: LifecycleVersion | None = None,
) -> Project:
    """A project to launch, owned by `actor`, at the first stage of its lifecycle.

    From ideas it carries their authors, and each idea moves to « en expérimentation ». Raises Refused when one of them
    may not be tried by this person.
    """
    held = [locked(idea) for idea in sorted(ideas, key=lambda one: one.pk)]
    if not rules.may_create(actor) or not all(rules.may_create_from(actor, idea) for idea in held):
        raise Refused(NOT_YOURS)
    version = lifecycle or current_version()
    today = clock.today()
    body = values.get("organisation") or actor.organisation
    known = {"audience": Audience.NETWORK, "kind": version.lifecycle.kind}
    if held:
        known["trigger"] = Trigger.CHALLENGE if held[0].challenge_id else Trigger.AGENT_IDEA
    project = Project.objects.create(
        **known | values | {"organisation": body, "branch": body.branch},
        lifecycle=version,
        stage_count=version.stages.count(),
        stage_number=1,
        created_on=today,
        touched_on=today,
    )
    ProjectMember.objects.create(project=project, user=actor, role=Role.OWNER, joined_on=today)
    enter(project, 1)
    for idea in held:
        join_idea(project, idea, actor=actor)
    note("created", project, actor, ideas=[str(idea.pk) for idea in held])
    schedule_index(KIND, [project.pk])
    tell("project.created", KIND, project.pk, actor=actor)
    return project


def enter(project: Project, number: int) -> StageReport:
    """Its report of that stage, begun today unless it was already."""
    stage = project.lifecycle.stages.get(number=number)
    report, _new = StageReport.objects.get_or_create(
        project=project, stage=stage, defaults={"entered_on": clock.today()}
    )
    return report


def join_idea(project: Project, idea: Idea, *, actor: User) -> None:
    """The project tries this idea, held by the caller: its authors come into the team, its followers follow."""
    today = clock.today()
    if not ProjectIdea.objects.get_or_create(project=project, idea=idea, defaults={"joined_on": today})[1]:
        return
    around = set(project.members.values_list("user_id", flat=True))
    ProjectMember.objects.bulk_create(
        ProjectMember(
            project=project,
            user_id=author.user_id,
            part="A eu l’idée",
            position=author.position + 1,
            joined_on=today,
        )
        for author in idea.authors.all()
        if author.user_id not in around
    )
    carry_followers(IDEA, idea.pk, KIND, project.pk)
    if idea.state == IdeaState.RETAINED:
        # Without a note: not everybody who reads the idea may read the title of the project.
        move(idea, "experiment", actor=None)
