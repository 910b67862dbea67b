"""What this app and the libraries keep of a person."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from ozeli.accounts.holdings import too_old_closed
from ozeli.activity.models import Event, OutgoingMail
from ozeli.core.personal_data import Holding, Person, Retention, deleted, own_rows, register

from .enums import ExportState
from .models import DataExport, PersonPage
from .services.erasure import erase
from .services.exports import KEPT, drop_files
from .services.pages import WRITTEN


def _old_copies(now: datetime) -> QuerySet[Any]:
    return DataExport.objects.filter(state=ExportState.READY, ready_at__lt=now - KEPT).order_by("pk")


def _forget_copies(person: Person) -> int:
    copies = DataExport.objects.filter(user=person.id)
    drop_files(list(copies.values_list("pk", flat=True)))
    return copies.delete()[0]


def _leave_pages(person: Person) -> int:
    """The page, and what was written from the pages of others: those letters bear an address."""
    letters = Event.objects.filter(type=WRITTEN, actor=person.id)
    OutgoingMail.objects.filter(event__in=letters.values("pk")).delete()
    return letters.update(data={}) + PersonPage.objects.filter(user=person.id).delete()[0]


def _erase_accounts(keys: Any) -> int:
    return sum(erase(key) for key in keys)


register(
    Holding(
        "people.PersonPage",
        ("user",),
        "Votre page",
        "Effacée.",
        own_rows(
            "people.PersonPage", "user", is_open="ouverte", about="texte", takes_mail="on peut vous écrire"
        ),
        _leave_pages,
        position=45,
    ),
    Holding(
        "people.DirectoryRole",
        ("user",),
        "Vos rôles dans l’annuaire",
        "Effacés.",
        own_rows(
            "people.DirectoryRole",
            "user",
            role="rôle",
            organisation__name="organisme",
            state="état",
            message="votre message",
            since="depuis",
            ends_on="jusqu’au",
        ),
        deleted("people.DirectoryRole", "user"),
    ),
    Holding(
        "people.DirectoryEntry",
        ("user",),
        "L’annuaire",
        "Une vue des profils et des rôles : elle suit leur effacement et n’est pas dans la copie.",
    ),
    Holding(
        "people.DataExport",
        ("user",),
        "Les copies que vous avez demandées",
        "Effacées, fichiers compris.",
        own_rows("people.DataExport", "user", asked_at="demandée le", state="état"),
        _forget_copies,
    ),
    Holding(
        "people.ErasureRequest",
        ("user",),
        "Votre demande d’effacement",
        "Effacée une fois faite.",
        own_rows("people.ErasureRequest", "user", asked_at="demandé le", due_on="prévu le"),
        deleted("people.ErasureRequest", "user"),
    ),
    Holding(
        "people.SavedSearch",
        ("owner",),
        "Vos recherches enregistrées",
        "Effacées.",
        own_rows("people.SavedSearch", "owner", name="nom", listing="liste", query="filtres", pace="rythme"),
        deleted("people.SavedSearch", "owner"),
    ),
    Holding(
        "people.Feed",
        ("user",),
        "Vos flux",
        "Effacés : leurs adresses ne répondent plus.",
        own_rows("people.Feed", "user", search__name="recherche", created_on="ouvert le"),
        deleted("people.Feed", "user"),
        position=90,
    ),
    Retention(
        "data_exports",
        "Copies de vos données",
        "7 jours",
        "Le fichier fait à votre demande.",
        _old_copies,
        drop_files,
        position=60,
    ),
    Retention(
        "closed_accounts",
        "Comptes fermés",
        "3 ans",
        "Un compte fermé et sans connexion depuis trois ans est effacé comme si vous l’aviez demandé.",
        too_old_closed,
        _erase_accounts,
        position=70,
    ),
)

# Tables of the libraries, for those that are installed.
_LIBRARIES = {
    "account.EmailAddress": ("Vos adresses de connexion", {"email": "adresse", "verified": "vérifiée"}),
    "mfa.Authenticator": (
        "Vos seconds facteurs",
        {"type": "sorte", "created_at": "ajouté le", "last_used_at": "dernier usage"},
    ),
    "socialaccount.SocialAccount": (
        "Vos connexions par un autre service",
        {
            "provider": "service",
            "uid": "identifiant",
            "date_joined": "depuis",
            "last_login": "dernier usage",
            "extra_data": "ce qu’il a transmis",
        },
    ),
    "usersessions.UserSession": (
        "Vos sessions",
        {"created_at": "depuis", "ip": "adresse IP", "user_agent": "navigateur"},
    ),
}
for _model, (_title, _shown) in _LIBRARIES.items():
    if apps.is_installed(f"allauth.{_model.partition('.')[0]}"):
        register(
            Holding(
                _model,
                ("user", *(name for name in ("email", "last_login") if name in _shown)),
                _title,
                "Tout est effacé.",
                own_rows(_model, "user", **_shown),
                deleted(_model, "user"),
                position=20,
            )
        )
