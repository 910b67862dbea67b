"""Who may do what with a project: small predicates."""

from collections.abc import Collection

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import Idea
from ozeli.network.enums import Audience

from .enums import TEAM_ROLES, Role
from .models import Gate, Project


def role_of(user: User, project: Project) -> str:
    """The role of this person around the project, or nothing. Reads `members`, prefetched by the loader."""
    return next((one.role for one in project.members.all() if one.user_id == user.pk), "")


def works_desk(user: User, project: Project) -> bool:
    """Contributes to the brick for the body that carries the project."""
    return user.level("projects") >= Level.CONTRIBUTE and user.contributes_to(
        "projects", project.organisation_id
    )


def can_see(user: User, project: Project) -> bool:
    """Object form of `ProjectQuerySet.visible_to`; a test proves that they agree."""
    if user.level("projects") < Level.CONSULT:
        return False
    if user.contributes_to("projects", project.organisation_id):
        return True
    return (not project.is_withdrawn and _is_open_to(user, project)) or bool(role_of(user, project))


def _is_open_to(user: User, project: Project) -> bool:
    if project.audience == Audience.BRANCH:
        return project.branch_id == user.organisation.branch_id
    if project.audience == Audience.ORGANISATION:
        return project.organisation_id == user.organisation_id
    return True


def may_create(user: User) -> bool:
    """Every agent may try something: only a title is asked, and the person becomes the owner."""
    return user.level("projects") >= Level.CONSULT


def may_create_from(user: User, idea: Idea) -> bool:
    """A retained idea is tried by its authors, by whoever works its desk, or by a contributor of its body."""
    if not may_create(user) or idea.state not in (IdeaState.RETAINED, IdeaState.EXPERIMENTING):
        return False
    signs = any(author.user_id == user.pk for author in idea.authors.all())
    contributes = user.level("projects") >= Level.CONTRIBUTE and user.contributes_to(
        "projects", idea.organisation_id
    )
    return signs or contributes


def edits(user: User, project: Project) -> bool:
    """Writes the sheet, its stages, its means: the team, and the desk of its body."""
    return _is_around(user, project, TEAM_ROLES) or works_desk(user, project)


def owns(user: User, project: Project) -> bool:
    """Decides of the team, of a stop, of the audience: the owner, and the desk of its body."""
    return _is_around(user, project, {Role.OWNER}) or works_desk(user, project)


def writes_logbook(user: User, project: Project) -> bool:
    """Everyone around the project, and the desk of its body."""
    return _is_around(user, project, set(Role)) or works_desk(user, project)


def decides(user: User, gate: Gate, project: Project) -> bool:
    """The person named for this gate; when nobody is, the desk of the body. Never somebody of the team."""
    if user.level("projects") < Level.CONSULT or role_of(user, project) in TEAM_ROLES:
        return False
    return works_desk(user, project) if gate.decider_id is None else gate.decider_id == user.pk


def _is_around(user: User, project: Project, roles: Collection[str]) -> bool:
    return user.level("projects") >= Level.CONSULT and role_of(user, project) in roles


def keeps_lifecycles(user: User) -> bool:
    """Lifecycles and methods are those of the whole network."""
    return user.scope("projects", Level.ADMIN) is None and user.level("projects") >= Level.ADMIN
