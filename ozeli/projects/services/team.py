"""The people and bodies around a project: each arrival, departure and change is journaled, and told to the person."""

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import set_follow, tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.network.models import Organisation

from .. import rules
from ..enums import BodyRole, Role
from ..models import KIND, Project, ProjectBody, ProjectMember
from .held import hold, note, touch

MOST = 30
MOST_BODIES = 20
NOT_YOURS = "L’équipe est composée par le porteur du projet, ou par l’équipe d’animation de son organisme."
GONE = "Cette personne n’est plus autour du projet."
STAYS_OWNED = "Confiez d’abord le projet à quelqu’un : il garde toujours un porteur."


@transaction.atomic
def add(project: Project, person: User, role: Role, *, actor: User, part: str = "") -> ProjectMember:
    """Bring a person around the project: they follow it and read it, whatever its audience."""
    held = _owned(project, actor)
    if role == Role.OWNER:
        raise Refused("Un projet a un seul porteur : ajoutez la personne, puis confiez-lui le projet.")
    _check_welcome(person)
    around = {one.user_id for one in held.members.all()}
    if person.pk in around:
        raise Conflict(f"{person.display_name} est déjà autour du projet.")
    if len(around) >= MOST:
        raise Refused(f"Un projet compte {MOST} personnes au plus autour de lui.")
    row = ProjectMember.objects.create(
        project=held, user=person, role=role, part=part, position=_next(held), joined_on=clock.today()
    )
    _came(held, row, actor)
    return row


@transaction.atomic
def change(project: Project, person_id: int, role: Role, *, actor: User, part: str) -> ProjectMember:
    """Give a person another role, or other words for what they do. The owner keeps theirs: see `hand_over`."""
    held = _owned(project, actor)
    row = _row(held, person_id)
    if Role.OWNER in (role, row.role) and role != row.role:
        raise Refused(STAYS_OWNED)
    if (row.role, row.part) == (role, part):
        return row
    was, row.role, row.part = row.role, role, part
    row.save(update_fields=["role", "part"])
    _note("role_changed", held, actor, row.user, role=role.value)
    if was != role:
        _tell("project.joined", held, row, actor)
    touch(held, is_news=False)
    return row


@transaction.atomic
def hand_over(project: Project, person_id: int, *, actor: User) -> ProjectMember:
    """Give the project another owner, who is around it already; the former one stays in its team."""
    held = _owned(project, actor)
    row = _row(held, person_id)
    if row.role == Role.OWNER:
        raise Conflict(f"{row.user.display_name} porte déjà ce projet.")
    _check_welcome(row.user)
    former = held.members.select_related("user").filter(role=Role.OWNER).first()
    if former is not None:
        former.role = Role.MEMBER
        former.save(update_fields=["role"])
    row.role = Role.OWNER
    row.save(update_fields=["role"])
    _note("handed_over", held, actor, row.user, former=str(actor_key(former.user)) if former else "")
    _tell("project.joined", held, row, actor)
    if former is not None:
        _tell("project.handed_over", held, former, actor, to=row.user_id)
    touch(held)
    return row


@transaction.atomic
def take_on(project: Project, *, actor: User) -> ProjectMember:
    """Become the owner of a project that nobody owns, by the desk of its body: an import brings such projects."""
    held = hold(project)
    if not rules.works_desk(actor, held):
        raise Refused("Un projet importé est repris par l’équipe d’animation de l’organisme qui le porte.")
    if any(one.role == Role.OWNER for one in held.members.all()):
        raise Conflict("Quelqu’un porte déjà ce projet.")
    row, made = ProjectMember.objects.get_or_create(
        project=held, user=actor, defaults={"role": Role.OWNER, "joined_on": clock.today()}
    )
    if not made:
        row.role = Role.OWNER
        row.save(update_fields=["role"])
    set_follow(KIND, held.pk, user=actor, wanted=True)
    _note("taken_on", held, actor, actor)
    touch(held)
    return row


@transaction.atomic
def remove(project: Project, person_id: int, *, actor: User) -> User:
    """Take a person off the project, oneself included; the owner hands it over first."""
    held = hold(project)
    if person_id != actor.pk:
        _check_owned(held, actor)
    row = _row(held, person_id)
    if row.role == Role.OWNER:
        raise Refused(STAYS_OWNED)
    row.delete()
    _note("left" if person_id == actor.pk else "removed", held, actor, row.user)
    if person_id != actor.pk:
        _tell("project.removed", held, row, actor)
    touch(held, is_news=False)
    return row.user


# --- bodies -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_body(project: Project, body: Organisation, role: BodyRole, *, actor: User) -> ProjectBody:
    """Say that a body orders the project, or takes part in it."""
    held = _owned(project, actor)
    if body.pk == held.organisation_id:
        raise Refused(f"{body.name} porte déjà le projet.")
    if held.bodies.count() >= MOST_BODIES:
        raise Refused(f"{MOST_BODIES} organismes au plus autour d’un projet.")
    row, made = ProjectBody.objects.get_or_create(project=held, organisation=body, defaults={"role": role})
    if not made:
        raise Conflict(f"{body.name} est déjà autour du projet.")
    note("body_added", held, actor, body=body.name, role=role.value)
    touch(held, is_news=False)
    return row


@transaction.atomic
def remove_body(project: Project, body_id: int, *, actor: User) -> Organisation:
    held = _owned(project, actor)
    row = held.bodies.select_related("organisation").filter(organisation=body_id).first()
    if row is None:
        raise Conflict("Cet organisme n’est plus autour du projet.")
    row.delete()
    note("body_removed", held, actor, body=row.organisation.name)
    touch(held, is_news=False)
    return row.organisation


# --- inside -----------------------------------------------------------------------------------------------------------


def _owned(project: Project, actor: User) -> Project:
    held = hold(project)
    _check_owned(held, actor)
    return held


def _check_owned(held: Project, actor: User) -> None:
    if not rules.owns(actor, held):
        raise Refused(NOT_YOURS)


def _check_welcome(person: User) -> None:
    if not person.is_active or person.level("projects") < Level.CONSULT:
        raise Refused(
            f"{person.display_name} n’a pas accès aux expérimentations : choisissez une autre personne."
        )


def _row(held: Project, person_id: int) -> ProjectMember:
    row = held.members.select_related("user").filter(user=person_id).first()
    if row is None:
        raise Conflict(GONE)
    return row


def _next(held: Project) -> int:
    return max((one.position for one in held.members.all()), default=0) + 1


def _came(held: Project, row: ProjectMember, actor: User) -> None:
    set_follow(KIND, held.pk, user=row.user, wanted=True)
    _note("joined", held, actor, row.user, role=str(row.role))
    _tell("project.joined", held, row, actor)
    touch(held, is_news=False)


def _note(verb: str, held: Project, actor: User, person: User, **details: str) -> None:
    note(verb, held, actor, person=str(actor_key(person)), **details)


def _tell(code: str, held: Project, row: ProjectMember, actor: User, **more: int) -> None:
    tell(code, KIND, held.pk, actor=actor, person=row.user_id, role=str(row.role), **more)
