"""What the screens of the administration share: their door, the last changes, the undo."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from ozeli.accounts import wording
from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.accounts.selectors import names_of
from ozeli.accounts.services import actor_key
from ozeli.core import memo
from ozeli.core.access import Level, check_level
from ozeli.core.errors import Refused
from ozeli.core.french import quoted
from ozeli.core.registry import AdminPage, journal_verbs
from ozeli.journal import changes
from ozeli.journal.models import Entry

VERBS = {
    changes.ADD: "a ajouté",
    changes.CHANGE: "a modifié",
    changes.ARCHIVE: "a archivé",
    changes.RESTORE: "a remis en service",
    changes.MOVE: "a déplacé",
    changes.UNDO: "a annulé un changement",
}
KINDS = {
    "domain": "Domaine",
    "objective": "Objectif stratégique",
    "branch": "Branche",
    "tool": "Outil",
    "body": "Organisme",
    "delay": "Délai de réponse",
    "home": "Brique de l’accueil",
    "look": "Thème",
    "job": "Tâche",
    "method": "Méthode",
    "lifecycle": "Parcours",
}
PAGES = (
    AdminPage(
        code="home_bricks",
        title="Briques de l’accueil",
        description="Ajouter, ordonner, titrer, régler ou retirer ce que l’accueil montre\u202f; l’essayer par profil.",
        url_name="portal:home_bricks",
        brick="home",
        level=Level.ADMIN,
        position=20,
        network=True,
        subject="portal",
        keywords="une page mot texte bandeau aperçu chiffres actualité",
    ),
    AdminPage(
        code="theme",
        title="Nom et couleurs",
        description="Le nom, le logo et les deux couleurs du portail, au contraste vérifié.",
        url_name="portal:theme",
        brick="home",
        level=Level.ADMIN,
        position=22,
        network=True,
        subject="portal",
        keywords="thème logo apparence charte identité couleur contraste",
    ),
    AdminPage(
        code="delays",
        title="Délais de réponse",
        description="Le délai promis par défaut, et ceux que des organismes promettent d’eux-mêmes.",
        url_name="portal:delays",
        brick="directory",
        level=Level.ADMIN,
        position=36,
        network=True,
        subject="network",
        keywords="promesse jours échéance engagement retard rappel remontée",
    ),
    AdminPage(
        code="operations",
        title="Exploitation",
        description="La santé du portail, ses courriers, ses versions et son journal technique.",
        url_name="portal:operations",
        brick="operations",
        level=Level.CONSULT,
        position=90,
        subject="running",
        keywords="santé panne technique log serveur base antivirus clamav sauvegarde restauration disque version",
    ),
    AdminPage(
        code="jobs",
        title="Tâches",
        description="Ce que le portail fait en arrière-plan\u00a0: relancer, annuler, voir les tâches à heures fixes.",
        url_name="portal:jobs",
        brick="operations",
        level=Level.CONSULT,
        position=91,
        subject="running",
        keywords="travaux file attente échec relance cron",
    ),
)


def check_network_admin(user: User, brick: str) -> None:
    """Open to those who administer the brick for the whole network: 404 without the brick, 403 below."""
    check_level(user, brick, Level.ADMIN)
    if user.scope(brick, Level.ADMIN) is not None:
        raise PermissionDenied


def said_lately(kinds: Iterable[str]) -> list[dict[str, Any]]:
    """The last changes of these kinds of rows, as a reader wants them; two queries."""
    found = changes.lately(kinds)
    names = names_of(entry.actor for entry, _can_undo in found)
    return [
        {
            "id": entry.pk,
            "at": entry.at,
            "who": wording.who(entry.actor, names),
            "act": journal_verbs.label(entry.verb),
            "what": entry.details.get("name", ""),
            "details": said_changes(entry.details),
            "can_undo": can_undo,
        }
        for entry, can_undo in found
    ]


def undo_entry(request: PersonRequest, pk: int, models: Mapping[str, type[Any]]) -> None:
    """Undo a change of one of these kinds, and say what came of it."""
    entry = get_object_or_404(Entry, pk=pk, kind__in=models)
    try:
        row = changes.undo(entry, models[entry.kind], actor=actor_key(request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return
    memo.forget_all()
    messages.success(
        request, f"Le changement de {quoted(str(row))} est annulé. Il est lui aussi dans le journal."
    )


FIELDS = {
    "name": "nom",
    "title": "titre",
    "url": "adresse",
    "description": "description",
    "parent_id": "rattachement",
    "branch_id": "branche",
    "region": "région",
    "department": "département",
    "size_band": "effectif",
    "answer_delay_days": "délai promis",
    "remind_first_days": "premier rappel",
    "remind_last_days": "dernier rappel",
    "lead_after_days": "remontée au responsable",
    "network_after_days": "remontée au réseau",
    "is_active": "en service",
    "is_shown": "affichée",
    "options": "réglages",
    "initials": "initiales",
    "action": "couleur des actions",
    "accent": "couleur d’accent",
    "logo": "logo",
    "summary": "en une phrase",
    "how": "comment s’y prendre",
    "duration": "temps à prévoir",
    "stages": "étapes",
    "kind": "pour quoi",
}


OPTIONS = {"text": "texte", "ideas": "idées choisies", "count": "éléments", "days": "jours"}


def said_changes(held: Mapping[str, Any]) -> str:
    """« nom : Ancien → Nouveau », from what the journal keeps of a change."""
    if said := held.get("said") if isinstance(held.get("said"), str) else "":
        return str(said)
    if places := held.get("places"):
        return f"de la place {places[0]} à la place {places[1]}"
    shown = (held.get("changes") or {}) | (held.get("said") or {})
    said = [
        f"{FIELDS.get(name, name)}\u00a0: {_shown(name, before)} → {_shown(name, after)}"
        for name, (before, after) in shown.items()
    ]
    return "\u202f; ".join(said)


def _shown(name: str, value: Any) -> str:
    """A logo is a file: its key says nothing to a reader."""
    return f"image {str(value)[:4]}" if name == "logo" and value else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if value in (None, "", {}, []):
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))[:80]
    if isinstance(value, dict):
        return ", ".join(f"{OPTIONS.get(name, name)} {_option(one)}" for name, one in value.items())
    return str(value)[:80]


def _option(value: Any) -> str:
    """A setting of a brick; ideas are counted, texts cut."""
    if isinstance(value, list):
        return str(len(value))
    return f"«\u202f{str(value)[:40]}…\u202f»" if len(str(value)) > 40 else str(value)
