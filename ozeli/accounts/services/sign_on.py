"""Who comes by single sign-on: an account of the same verified address, an invitation, or a body that can be told.

Nothing is linked by an address that the provider does not vouch for, nor to a closed account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from ozeli.core.errors import Refused
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import selectors
from ..models import BodySign, Profile, User
from . import actor_key, grant_membership, invitations
from .accounts import open_account

PROVIDER = "agent"


class NotLet(Refused):
    """This person does not come in. `reason` names the page's words: unverified, closed, other, taken, unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """What the provider says of somebody. `body` is the value of the claim that names it; nothing else is kept."""

    subject: str
    email: str
    is_verified: bool
    name: str
    body: str

    @classmethod
    def read(cls, claims: Mapping[str, Any]) -> "Identity":
        email = _address(claims.get("email"))
        return cls(
            subject=_text(claims.get("sub")),
            email=email,
            is_verified=_is_verified(claims, email),
            name=_name(claims) or email.partition("@")[0],
            body=_text(claims.get(settings.OIDC_BODY_CLAIM)),
        )


@transaction.atomic
def welcome(identity: Identity) -> User:
    """The account to open a session on, linked with this identity from now on; NotLet otherwise."""
    if not identity.is_verified:
        raise NotLet("unverified")
    person = selectors.person_at(identity.email)
    person = _join(identity) if person is None else _link_to(person, identity)
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=person, provider=PROVIDER, uid=identity.subject, extra_data={})
    except IntegrityError:
        raise NotLet("again") from None
    key = actor_key(person)
    record("accounts.link_sign_on", "person", key, actor=key)
    return person


def _link_to(person: User, identity: Identity) -> User:
    if not person.is_active:
        raise NotLet("closed")
    if SocialAccount.objects.filter(user=person, provider=PROVIDER).exists():
        # The address went to somebody else, or the provider changed: an administrator decides.
        raise NotLet("taken")
    told = selectors.body_told_by(identity.body, "") if identity.body else None
    if told is not None and told.pk != person.organisation_id:
        raise NotLet("other")
    return person


def _join(identity: Identity) -> User:
    """A new account: by the invitation that waits for this address, else in the body that can be told."""
    invitation = selectors.invitation_for(identity.email)
    if invitation is not None and invitations.stands(invitation):
        return invitations.accept(invitation, identity.name, password=None)
    body = selectors.body_told_by(identity.body, identity.email)
    if body is None:
        raise NotLet("unknown")
    person = open_account(identity.email, identity.name, body, None, source="sign_on")
    grant_membership(person, Profile.objects.get(code="reader"), actor=None)
    return person


def add_sign(kind: str, value: str, organisation: Organisation, *, actor: User) -> BodySign:
    """Let a domain, or a value of the claim, name a body from now on."""
    with transaction.atomic():
        sign = BodySign(kind=kind, value=clean_sign(kind, value), organisation=organisation)
        try:
            sign.validate_constraints()
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
        sign.save()
        _record("sign_on.add_body", sign, actor)
    return sign


@transaction.atomic
def remove_sign(sign: BodySign, *, actor: User) -> None:
    _record("sign_on.remove_body", sign, actor)
    sign.delete()


def clean_sign(kind: str, value: str) -> str:
    """« @Cpam-Loire.fr » → « cpam-loire.fr »; a claim keeps its letters, without spaces."""
    value = "".join(value.split())
    if kind != BodySign.Kind.DOMAIN:
        return value
    domain = value.rpartition("@")[2].lower()
    try:
        validate_email(f"agent@{domain}")
    except ValidationError:
        raise Refused("Un domaine s’écrit comme la fin d’une adresse\u00a0: cpam-loire.fr") from None
    return domain


def _record(verb: str, sign: BodySign, actor: User) -> None:
    told = {"sign": sign.kind, "value": sign.value, "organisation": sign.organisation.code}
    record(verb, "organisation_sign", sign.organisation.code, actor=actor_key(actor), **told)


def _is_verified(claims: Mapping[str, Any], email: str) -> bool:
    """Whether the provider vouches for the address."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    said = claims.get("email_verified")
    if said is None:
        said = email.rpartition("@")[2] in settings.OIDC_VERIFIED_DOMAINS
    return said is True and bool(_text(claims.get("sub")))


def _address(value: Any) -> str:
    """Lower-cased, and nothing beyond ASCII: some letters become others once lower-cased (the Kelvin sign, a k)."""
    text = _text(value)
    return text.lower() if text.isascii() else ""


def _name(claims: Mapping[str, Any]) -> str:
    if name := _text(claims.get("name")):
        return name
    family = _text(claims.get("family_name")) or _text(claims.get("usual_name"))
    return f"{_text(claims.get('given_name'))} {family}".strip()


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
