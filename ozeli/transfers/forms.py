"""Forms of imports: the file, its columns, the last choice."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from ozeli.core.imports import Importer
from ozeli.core.uploads import was_cut

from .models import ImportRun
from .services.imports import FILE_SIZE, TOO_LARGE

COLUMN, OPTION = "colonne_", "choix_"
ALL, PARTIAL = "tout", "partiel"


class UploadForm(forms.Form):
    """What is brought, and for what."""

    contenu = forms.ChoiceField(
        label="Que contient ce fichier ?",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce que contient ce fichier."},
    )
    fichier = forms.FileField(
        label="Le fichier",
        help_text="CSV, JSON par ligne, .xlsx, .xls ou .ods ; 20 Mo au plus, les titres des colonnes en tête.",
        max_length=300,
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide : il n’y a rien à lire.",
            "max_length": "Le nom de ce fichier est trop long : renommez-le.",
        },
    )

    def __init__(self, *args: Any, offered: list[Importer], request: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["contenu"].choices = [(one.code, one.title) for one in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["contenu"].initial = offered[0].code

    def clean_fichier(self) -> Any:
        file = self.cleaned_data["fichier"]
        if file.size > FILE_SIZE:
            raise ValidationError(TOO_LARGE)
        return file

    def full_clean(self) -> None:
        super().full_clean()
        if self.request is not None and was_cut(self.request):
            self.errors.pop("fichier", None)
            self.add_error("fichier", TOO_LARGE)


class MappingForm(forms.Form):
    """Which column of the file each thing is read from, and the choices made once for the file."""

    def __init__(self, *args: Any, run: ImportRun, importer: Importer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.importer = importer
        titles = [("", "Aucune"), *((title, title) for title in run.header)]
        for column in importer.columns:
            self.fields[COLUMN + column.code] = forms.ChoiceField(
                label=column.label[:1].upper() + column.label[1:],
                choices=titles,
                required=column.required,
                initial=run.mapping.get(column.code, ""),
                help_text=capfirst(column.help),
                error_messages={"required": f"Choisissez la colonne « {column.label} »."},
            )
        for option in importer.options:
            self.fields[OPTION + option.code] = forms.CharField(
                label=option.label,
                required=option.required,
                max_length=120,
                initial=run.options.get(option.code, ""),
                help_text=option.help,
                error_messages={"required": f"Répondez à « {option.label} »."},
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[COLUMN + one.code] for one in self.importer.columns]

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[OPTION + one.code] for one in self.importer.options]

    def mapping(self) -> dict[str, str]:
        return {one.code: self.cleaned_data[COLUMN + one.code] for one in self.importer.columns}

    def options(self) -> dict[str, str]:
        return {one.code: self.cleaned_data[OPTION + one.code] for one in self.importer.options}

    def clean(self) -> dict[str, Any]:
        """A column of the file serves once."""
        data = super().clean() or {}
        seen: dict[str, str] = {}
        for column in self.importer.columns:
            title = data.get(COLUMN + column.code, "")
            if title and title in seen:
                self.add_error(COLUMN + column.code, f"« {title} » sert déjà pour « {seen[title]} ».")
            seen[title] = column.label
        return data


class WriteForm(forms.Form):
    """All or nothing, or what can be written."""

    mode = forms.ChoiceField(
        label="Que faire des lignes refusées ?",
        widget=forms.RadioSelect,
        choices=[(ALL, "Tout ou rien"), (PARTIAL, "Les laisser de côté")],
        required=False,
    )

    def is_partial(self) -> bool:
        return self.is_valid() and self.cleaned_data["mode"] == PARTIAL
