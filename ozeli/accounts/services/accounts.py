"""Open, close and reopen accounts, and take a lost second factor away. Each act is journaled."""

import unicodedata

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import rules, selectors
from ..holdings import is_erased
from ..models import Membership, User
from . import LAST_KEEPER, _one_change_of_rights_at_a_time, actor_key
from .sessions import close_others

NOT_YOU = (
    "On ne ferme pas son propre compte\u00a0: demandez-le à une autre personne qui administre les droits."
)
NOT_HERE = "Vos droits ne vous permettent pas d’agir sur le compte de cette personne."
ALREADY = "Cette adresse a déjà un compte\u00a0: connectez-vous, ou choisissez un nouveau mot de passe."
LAST_SUPER = (
    "C’est le dernier compte ouvert de Super-administrateur. Donnez d’abord ce profil à quelqu’un d’autre."
)


@transaction.atomic
def close_account(person: User, *, actor: User) -> None:
    """Close an account: its sessions end at their next request, its contributions stay.

    The links with the single sign-on go: only a reopened account, by a verified address, makes new ones.
    """
    _refuse(actor, person)
    _one_change_of_rights_at_a_time()
    locked = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not locked.is_active:
        raise Conflict("Ce compte est déjà fermé.")
    _refuse_last(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    SocialAccount.objects.filter(user=locked).delete()
    close_others(locked, keep=None)
    record("accounts.close", "person", actor_key(locked), actor=actor_key(actor))


@transaction.atomic
def reopen_account(person: User, *, actor: User) -> None:
    _refuse(actor, person)
    locked = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if locked.is_active:
        raise Conflict("Ce compte est déjà ouvert.")
    if is_erased(locked):
        raise Refused("Ce compte a été effacé : il ne mène plus à personne. Invitez la personne de nouveau.")
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record("accounts.reopen", "person", actor_key(locked), actor=actor_key(actor))


@transaction.atomic
def take_factors_away(person: User, *, actor: User) -> None:
    """A telephone or a key is lost: the person will set up another at the next sign-in. All sessions are closed."""
    _refuse(actor, person)
    factors = Authenticator.objects.filter(user=person)
    kinds = sorted(factors.values_list("type", flat=True))
    if not kinds:
        raise Conflict("Cette personne n’a pas de second facteur.")
    factors.delete()
    close_others(person, keep=None)
    record("factor.take_away", "person", actor_key(person), actor=actor_key(actor), kinds=kinds)


def note_factor(verb: str, user: User, kind: str) -> None:
    """Journal a change that a person makes to their own factors, in the caller's transaction."""
    record(verb, "person", actor_key(user), actor=actor_key(user), factor=kind)


def one_line(name: str) -> str:
    """A name as it is kept: no line end, and no invisible or direction character that would pass for another name."""
    return " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in name).split())


def open_account(
    email: str, display_name: str, organisation: Organisation, password: str | None, *, source: str
) -> User:
    """Create an account, in the caller's transaction; `source` is « invitation » or « sign_on »."""
    name = one_line(display_name) or email.partition("@")[0]
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, display_name=name[:120], organisation=organisation
            )
    except IntegrityError:
        raise Conflict(ALREADY) from None
    key = actor_key(user)
    record("accounts.open", "person", key, actor=key, source=source, organisation=organisation.code)
    return user


def _refuse(actor: User, person: User) -> None:
    if actor.pk == person.pk:
        raise Refused(NOT_YOU)
    if not rules.may_close(actor, person):
        raise Refused(NOT_HERE)


def _refuse_last(person: User) -> None:
    """The portal keeps somebody to administer its rights, and a Super-administrateur if it has one."""
    if not selectors.rights_keepers().exclude(user=person).exists():
        raise Refused(LAST_KEEPER)
    supers = Membership.objects.in_force().filter(profile__code="superadmin", organisation__isnull=True)
    if supers.filter(user=person).exists() and not (
        supers.filter(user__is_active=True).exclude(user=person).exists()
    ):
        raise Refused(LAST_SUPER)
