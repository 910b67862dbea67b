"""What imports and exports keep of a person."""

from datetime import timedelta

from ozeli.core.personal_data import Holding, Person, Retention, deleted, own_rows, register, unsigned

from . import storage
from .models import EXPORT_FILE_DAYS, ExportRun, ImportRun

RUN_DAYS = 3 * 365


def _erase_exports(person: Person) -> int:
    for key in ExportRun.objects.filter(owner=person.id).values_list("pk", flat=True):
        storage.drop("exports", key)
    return deleted("transfers.ExportRun", "owner")(person)


register(
    Holding(
        "transfers.ImportRun",
        ("owner",),
        "Les fichiers que vous avez importés",
        "Le compte rendu reste, sans votre nom.",
        own_rows(
            "transfers.ImportRun", "owner", file_name="fichier", created_at="apporté le", message="résultat"
        ),
        unsigned("transfers.ImportRun", "owner"),
    ),
    Holding(
        "transfers.ExportRun",
        ("owner",),
        "Les exports que vous avez demandés",
        "Ils sont effacés, avec leurs fichiers.",
        own_rows("transfers.ExportRun", "owner", export="contenu", format="format", created_at="demandé le"),
        _erase_exports,
    ),
    Retention(
        "transfers.imports",
        "Comptes rendus d’import",
        "3 ans",
        "Le fichier lui-même est effacé au bout de 30 jours.",
        lambda now: ImportRun.objects.filter(created_at__lt=now - timedelta(days=RUN_DAYS)),
    ),
    Retention(
        "transfers.exports",
        "Exports demandés",
        "30 jours",
        "Le fichier lui-même est effacé au bout de 7 jours.",
        lambda now: ExportRun.objects.filter(created_at__lt=now - timedelta(days=30 + EXPORT_FILE_DAYS)),
    ),
)
