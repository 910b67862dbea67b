"""What accounts keep of a person: the account itself, profiles, sessions, the key of the journal."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from ozeli.core import clock
from ozeli.core.french import sort_key
from ozeli.core.models import IdempotencyKey
from ozeli.core.personal_data import Holding, Person, Retention, Row, deleted, own_rows, register
from ozeli.core.registry import journal_verbs
from ozeli.journal.models import Entry

from .models import Invitation, User
from .wording import VERBS

ERASED_NAME = "Compte effacé"
ERASED_DOMAIN = "efface.invalid"
CLOSED_ACCOUNT_DAYS = 3 * 365


def erased_address(pk: int) -> str:
    """An address that leads nowhere: the column must hold one, and only one account may bear it."""
    return f"compte-{pk}@{ERASED_DOMAIN}"


def is_erased(user: User) -> bool:
    return user.email == erased_address(user.pk)


def _account(person: Person) -> Iterable[Row]:
    user = User.objects.with_organisation().get(pk=person.id)
    yield {
        "nom affiché": user.display_name,
        "adresse électronique": user.email,
        "organisme": user.organisation.name,
        "branche": user.organisation.branch.name,
        "famille de métiers": user.job_family,
        "encadre une équipe": user.is_manager,
        "compte ouvert": user.is_active,
        "arrivée": user.joined_at,
        "dernière connexion": user.last_login,
    }


def _empty_account(person: Person) -> int:
    """The number stays, so that it is never given to somebody else; nothing else tells who it was.

    Only the year of arrival is kept. The body stays: the column needs one, and a body is not a person.
    """
    user = User.objects.get(pk=person.id)
    user.set_unusable_password()
    return User.objects.filter(pk=person.id).update(
        email=erased_address(person.id),
        display_name=ERASED_NAME,
        sort_name=sort_key(ERASED_NAME),
        password=user.password,
        job_family="",
        is_manager=False,
        is_active=False,
        last_login=None,
        joined_at=user.joined_at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0),
    )


def _acts(person: Person) -> Iterable[Row]:
    """What this person did, and what was done about them; never by whom."""
    if person.key is None:
        return
    acts = Entry.objects.filter(Q(actor=person.key) | Q(kind="person", object_id=str(person.key)))
    for act in acts.order_by("pk").iterator():
        yield {
            "date": act.at,
            "acte": journal_verbs.label(act.verb) if act.verb not in VERBS else VERBS[act.verb],
            "fait par vous": act.actor == person.key,
            "sur": f"{act.kind} {act.object_id}" if act.kind != "person" else "une personne",
        }


def _sessions(person: Person) -> list[Session]:
    """Nothing but their contents says whose sessions they are."""
    return [
        one
        for one in Session.objects.filter(expire_date__gt=clock.now()).iterator(chunk_size=1_000)
        if one.get_decoded().get("_auth_user_id") == str(person.id)
    ]


def _told_sessions(person: Person) -> Iterable[Row]:
    for one in _sessions(person):
        yield {"expire le": one.expire_date}


def _end_sessions(person: Person) -> int:
    return Session.objects.filter(pk__in=[one.pk for one in _sessions(person)]).delete()[0]


def _leave_invitations(person: Person) -> int:
    """Those that brought this person here, under their account or their address; those they sent lose the sender."""
    own = Q(account=person.id) | Q(email__iexact=person.user.email)
    sent = Invitation.objects.filter(invited_by=person.id).update(invited_by=None)
    return sent + Invitation.objects.filter(own).delete()[0]


def _keys_of_forms(person: Person) -> int:
    return IdempotencyKey.objects.filter(actor=f"user:{person.id}").delete()[0]


def too_old_closed(now: datetime) -> QuerySet[Any]:
    """Closed accounts that nobody opened for three years; not those already emptied."""
    limit = now - timedelta(days=CLOSED_ACCOUNT_DAYS)
    silent = Q(last_login__lt=limit) | Q(last_login__isnull=True, joined_at__lt=limit)
    return User.objects.filter(silent, is_active=False).exclude(email__endswith=f"@{ERASED_DOMAIN}")


register(
    Holding(
        "accounts.User",
        ("id", "email", "display_name", "sort_name"),
        "Votre compte",
        "Vidé de votre nom, de votre adresse et de votre métier ; son numéro n’est jamais redonné.",
        _account,
        _empty_account,
        position=990,
    ),
    Holding(
        "accounts.Membership",
        ("user", "delegated_by"),
        "Vos profils",
        "Effacés, ceux que vous avez prêtés aussi.",
        own_rows(
            "accounts.Membership",
            "user",
            profile__name="profil",
            organisation__name="organisme",
            starts_on="début",
            ends_on="fin",
        ),
        deleted("accounts.Membership", "user", "delegated_by"),
        position=10,
    ),
    Holding(
        "accounts.ActorKey",
        ("user",),
        "Ce que le journal sait de vous",
        "La clé qui menait à votre nom est effacée : vos actes restent dans le journal, sans personne.",
        _acts,
        deleted("accounts.ActorKey", "user"),
        position=980,
    ),
    Holding(
        "sessions.Session",
        ("session_data",),
        "Vos sessions ouvertes",
        "Fermées.",
        _told_sessions,
        _end_sessions,
        position=5,
    ),
    Holding(
        "accounts.OpenSession",
        ("user",),
        "Où vos sessions ont été ouvertes",
        "Effacé.",
        own_rows(
            "accounts.OpenSession",
            "user",
            opened_at="ouverte le",
            seen_on="vue le",
            device="appareil",
            network="réseau",
        ),
        deleted("accounts.OpenSession", "user"),
        position=5,
    ),
    Holding(
        "accounts.Invitation",
        ("email", "invited_by", "account"),
        "Votre invitation",
        "Effacée ; celles que vous avez envoyées restent, sans vous.",
        own_rows(
            "accounts.Invitation",
            "account",
            email="adresse",
            created_at="envoyée le",
            accepted_at="acceptée le",
        ),
        _leave_invitations,
        position=30,
    ),
    Holding(
        "core.IdempotencyKey",
        ("actor",),
        "Formulaires déjà reçus",
        "Effacés. Ce ne sont que des numéros tirés au hasard : ils ne sont pas dans la copie.",
        erase=_keys_of_forms,
        position=5,
    ),
    Retention(
        "sessions",
        "Sessions",
        "jusqu’à leur fin",
        "Une session finie (14 jours sans venir) est effacée dans la nuit.",
        lambda now: Session.objects.filter(expire_date__lt=now).order_by("pk"),
        position=10,
    ),
    Retention(
        "invitations",
        "Invitations sans suite",
        "6 mois",
        "Une invitation périmée ou annulée, avec l’adresse qu’elle portait.",
        lambda now: Invitation.objects.filter(
            accepted_at__isnull=True, expires_at__lt=now - timedelta(days=183)
        ).order_by("pk"),
        position=15,
    ),
    Retention(
        "form_keys",
        "Formulaires déjà reçus",
        "7 jours",
        "Le numéro qui empêche un formulaire d’agir deux fois.",
        lambda now: IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=7)).order_by("pk"),
        position=20,
    ),
)
