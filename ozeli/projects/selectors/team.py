"""The people and bodies around a project, as its sheet and its page show them."""

from dataclasses import dataclass

from ozeli.accounts.models import User
from ozeli.core.french import NBSP, list_of
from ozeli.ideas.enums import TeamState
from ozeli.ideas.models import TeamMember
from ozeli.ideas.selectors.places import place_people

from .. import rules
from ..enums import TEAM_ROLES, BodyRole, Role
from ..models import Project, ProjectBody, ProjectMember

ORDER = {role: place for place, role in enumerate((Role.OWNER, Role.MEMBER, Role.SPONSOR, Role.COACH))}
MOST_SHOWN = 6
OUTSIDE = "hors de la hiérarchie du projet"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody around a project. `where` says the part, then the body when it is another one than the project's."""

    member: ProjectMember
    name: str
    where: str
    # Of a sponsor only: what ties them to the project, empty when nothing does.
    tie: str = ""

    @property
    def role(self) -> Role:
        return Role(self.member.role)

    @property
    def said(self) -> str:
        """Role, part and body, where all are listed together."""
        part = f"{NBSP}: {self.member.part}" if self.member.part else ""
        return f"{self.role.label}{part}, {self.member.user.organisation.name}"


@dataclass(frozen=True, slots=True)
class Team:
    owner: Person | None
    others: list[Person]
    bodies: list[ProjectBody]
    url: str
    can_compose: bool
    # Nobody of the portal owns an imported project until the desk of its body takes it on.
    can_take_on: bool

    @property
    def shown(self) -> list[Person]:
        """Those that the sheet names beside the owner."""
        return self.others[:MOST_SHOWN]

    @property
    def unshown(self) -> int:
        return max(len(self.others) - MOST_SHOWN, 0)

    @property
    def everyone(self) -> list[Person]:
        return [*([self.owner] if self.owner else []), *self.others]


def team_of(project: Project, user: User) -> Team:
    """For the members that the loader brought: one query, for the bodies; two more to check a near sponsor."""
    rows = sorted(project.members.all(), key=lambda one: (ORDER[Role(one.role)], one.position, one.pk))
    place_people(one.user for one in rows)
    people = [_person(project, one, rows) for one in rows]
    owner = next((one for one in people if one.role == Role.OWNER), None)
    return Team(
        owner=owner,
        others=[one for one in people if one is not owner],
        bodies=list(
            ProjectBody.objects.filter(project=project).select_related("organisation").order_by("role", "pk")
        ),
        url=f"{project.get_absolute_url()}equipe/",
        can_compose=rules.owns(user, project),
        can_take_on=owner is None and rules.works_desk(user, project),
    )


def _person(project: Project, member: ProjectMember, around: list[ProjectMember]) -> Person:
    body = member.user.organisation
    tie = tie_of(member.user, project, around) if member.role == Role.SPONSOR else ""
    said = [member.part]
    if member.role in (Role.SPONSOR, Role.COACH):
        said.insert(0, Role(member.role).label)
    if member.role == Role.SPONSOR and not tie:
        said.append(OUTSIDE)
    if member.role == Role.OWNER or body.pk != project.organisation_id:
        said.append(body.name)
    return Person(member, member.user.display_name, ", ".join(filter(None, said)), tie)


def tie_of(sponsor: User, project: Project, around: list[ProjectMember]) -> str:
    """Why this person is of the project's own hierarchy, in a sentence; empty when nothing says so.

    The rule, on what the portal knows: somebody of the team is in their team (or they in theirs, accepted by both), or
    they lead a team in the very body that carries the project.
    """
    team = {one.user_id: one.user for one in around if one.role in TEAM_ROLES and one.user_id != sponsor.pk}
    near = [pk for pk, person in team.items() if person.organisation_id == sponsor.organisation_id]
    if near:
        links = TeamMember.objects.filter(state=TeamState.ACCEPTED)
        below = links.filter(manager=sponsor, member__in=near).values_list("member_id", flat=True)
        above = links.filter(manager__in=near, member=sponsor).values_list("manager_id", flat=True)
        if led := list(below):
            return f"{sponsor.display_name} encadre {_names(team, led)}."
        if leads := list(above):
            return f"{sponsor.display_name} est dans l’équipe de {_names(team, leads)}."
    if sponsor.is_manager and sponsor.organisation_id == project.organisation_id:
        return f"{sponsor.display_name} encadre une équipe dans l’organisme qui porte le projet."
    return ""


def _names(team: dict[int, User], keys: list[int]) -> str:
    return list_of([team[key].display_name for key in sorted(keys)])


def partners(bodies: list[ProjectBody], role: BodyRole) -> list[ProjectBody]:
    return [one for one in bodies if one.role == role]
