"""How the acts of the journal read in French."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ozeli.core.access import Level, bricks
from ozeli.core.french import long_date, plural
from ozeli.core.registry import SearchCard, journal_verbs, searchables
from ozeli.journal.models import Entry

from .models import User

VERBS = {
    "rights.set_level": "a modifié un droit",
    "rights.grant_membership": "a donné un profil",
    "rights.end_membership": "a mis fin à un profil",
    "rights.restore_membership": "a rétabli un profil",
    "rights.delegate": "a délégué un profil",
    "rights.end_delegation": "a repris un profil délégué",
    "people.edit": "a modifié une fiche de personne",
    "accounts.open": "a ouvert son compte",
    "accounts.close": "a fermé un compte",
    "accounts.reopen": "a rouvert un compte",
    "accounts.close_sessions": "a fermé les sessions d’une personne",
    "accounts.link_sign_on": "a relié son compte à la connexion unique",
    "factor.add": "a ajouté un second facteur",
    "factor.remove": "a retiré un second facteur",
    "factor.new_codes": "a tiré de nouveaux codes de secours",
    "factor.take_away": "a retiré le second facteur d’une personne",
    "invitation.send": "a envoyé une invitation",
    "invitation.send_again": "a renvoyé une invitation",
    "invitation.cancel": "a annulé une invitation",
    "invitation.accept": "a accepté une invitation",
    "sign_on.add_body": "a ajouté un signe d’organisme",
    "sign_on.remove_body": "a retiré un signe d’organisme",
}
MEMBERSHIP_VERBS = {
    "rights.grant_membership",
    "rights.end_membership",
    "rights.restore_membership",
    "rights.delegate",
    "rights.end_delegation",
}
PERSON_FIELDS = {
    "display_name": "nom",
    "organisation_id": "organisme",
    "job_family": "famille de métiers",
    "is_manager": "encadrement",
}
FACTOR_NAMES = {"totp": "application", "webauthn": "clé d’accès", "recovery_codes": "codes de secours"}
_SOURCES = {"invitation": "par invitation", "sign_on": "par la connexion unique"}
KIND_LABELS = {
    "job": "Tâche",
    "matrix": "Matrice des droits",
    "person": "Personne",
    "idea": "Idée",
    "import": "Import",
    "invitation": "Invitation",
    "organisation_sign": "Connexion unique",
}
SYSTEM = "Le système"
ERASED = "Personne effacée"


def kind_labels() -> dict[str, str]:
    """How the kinds of objects of the journal are called, those of the installed apps alone."""
    return KIND_LABELS | journal_verbs.kinds()


def who(actor: UUID | None, names: Mapping[UUID, str]) -> str:
    """The name behind an actor key, as far as it is still known."""
    return SYSTEM if actor is None else names.get(actor, ERASED)


def people_in(entry: Entry) -> list[UUID | None]:
    """The actor keys that an entry names: who acted, and who it is about."""
    return [entry.actor, _key(entry.object_id) if entry.kind == "person" else None]


Cards = Mapping[tuple[str, str], SearchCard]


def cards(entries: Iterable[Entry], user: User) -> dict[tuple[str, str], SearchCard]:
    """(kind, object id) → title and address, of the objects that this person may read now."""
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.kind != "person" and entry.kind in searchables and (key := _key(entry.object_id)):
            wanted.setdefault(entry.kind, set()).add(key)
    return {
        (kind, str(card.object_id)): card
        for kind, keys in wanted.items()
        for card in searchables[kind].load_cards(sorted(keys), user)
    }


def about(
    entry: Entry, names: Mapping[UUID, str], profiles: Mapping[str, str], shown: Cards
) -> tuple[str, str]:
    """What the act is about, and its address when there is one to open."""
    if entry.kind == "matrix":
        brick, _, profile = entry.object_id.partition(".")
        title = bricks[brick].title if brick in bricks else brick
        return f"«\u202f{title}\u202f» pour {profiles.get(profile, profile)}", ""
    if entry.kind == "person":
        key = _key(entry.object_id)
        return (names.get(key, ERASED) if key else entry.object_id), ""
    if card := shown.get((entry.kind, entry.object_id)):
        return card.title, card.url
    label = kind_labels().get(entry.kind, entry.kind)
    if name := entry.details.get("name"):
        return f"{label}\u00a0: {name}", ""
    return f"{label} {entry.object_id[:8]}", ""


def details(entry: Entry, profiles: Mapping[str, str]) -> str:
    """What the act changed, in one line."""
    held = entry.details
    if entry.verb == "rights.set_level":
        return f"{Level(held['was']).label} → {Level(held['level']).label}"
    if entry.verb in MEMBERSHIP_VERBS:
        return _membership(held, profiles)
    if entry.verb == "people.edit":
        return ", ".join(PERSON_FIELDS.get(name, name) for name in held["fields"])
    if entry.verb.partition(".")[0] in ("accounts", "factor", "invitation", "sign_on"):
        return _entering(held, profiles)
    return journal_verbs.details(entry.kind, held)


def _entering(held: Mapping[str, Any], profiles: Mapping[str, str]) -> str:
    """How one comes in: « clé d’accès », « par invitation, cpam-loire », « 3 sessions »."""
    told = [
        _SOURCES.get(held.get("source", ""), ""),
        profiles.get(held.get("profile", ""), ""),
        held.get("value", ""),
        held.get("organisation", ""),
        FACTOR_NAMES.get(held.get("factor", ""), ""),
        *(FACTOR_NAMES.get(kind, kind) for kind in held.get("kinds", [])),
        plural(held["count"], "session") if "count" in held else "",
    ]
    return ", ".join(word for word in told if word)


def _membership(held: Mapping[str, Any], profiles: Mapping[str, str]) -> str:
    profile = profiles.get(held["profile"], held["profile"])
    where = f"sur {held['organisation']}" if held["organisation"] else "sur tout le réseau"
    start = (
        f", à partir du {long_date(date.fromisoformat(held['starts_on']))}" if held.get("starts_on") else ""
    )
    end = f"{start}, jusqu’au {long_date(date.fromisoformat(held['ends_on']))}" if held["ends_on"] else ""
    return f"{profile} {where}{end}"


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# What the owner of an account is told by mail: allauth's name of the change, and its words.
SECURITY_CHANGES = {
    "account/email/password_changed": "Votre mot de passe a été changé",
    "account/email/password_reset": "Votre mot de passe a été remplacé, par un lien reçu à votre adresse",
    "account/email/password_set": "Un mot de passe a été donné à votre compte",
    "mfa/email/totp_activated": "Une application de codes a été ajoutée à votre compte",
    "mfa/email/totp_deactivated": "L’application de codes a été retirée de votre compte",
    "mfa/email/recovery_codes_generated": "De nouveaux codes de secours ont été tirés pour votre compte",
    "mfa/email/webauthn_added": "Une clé d’accès a été ajoutée à votre compte",
    "mfa/email/webauthn_removed": "Une clé d’accès a été retirée de votre compte",
}
