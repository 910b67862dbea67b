"""Forms of the rows that the administration keeps. They validate; `journal.changes` writes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from ozeli.core.models import Kept

from .forms import OrganisationField
from .models import Branch, Domain, Organisation, StrategicObjective

LONGEST_DELAY = 366


def free_code(model: type[models.Model], name: str, *, room: int = 60) -> str:
    """A code made from a name, that no row of the model bears."""
    base = slugify(name)[: room - 4].strip("-") or "sans-nom"
    taken = set(model._default_manager.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 1000))) if code not in taken)


class KeptForm(forms.ModelForm):  # type: ignore[type-arg]
    """Cleans to the values of a row, by column name; a new row gets its code and the last place."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    def values(self) -> dict[str, Any]:
        """What the row should hold: {column: value}."""
        found = {}
        for name in self._meta.fields or ():
            field = self._meta.model._meta.get_field(name)
            value = self.cleaned_data[name]
            found[field.attname] = getattr(value, "pk", value) if field.is_relation else value
        return found

    def new_row(self) -> Kept:
        """The row to add, not saved."""
        row: Any = self._meta.model(**self.values())
        columns = {field.name for field in row._meta.get_fields()}
        if "code" in columns:
            room = row._meta.get_field("code").max_length
            row.code = free_code(type(row), str(row), room=room)
        if "position" in columns:
            last = type(row)._default_manager.aggregate(last=models.Max("position"))["last"] or 0
            row.position = last + 10
        return row  # type: ignore[no-any-return]

    def one_name_only(self, name: str, among: models.QuerySet[Any]) -> str:
        """The cleaned name, refused when another row of `among` bears it."""
        value = " ".join(str(self.cleaned_data[name]).split())
        is_new = value != self.initial.get(name)
        if is_new and among.filter(**{f"{name}__iexact": value}).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Ce nom existe déjà, peut-être parmi les lignes archivées.")
        return value


class BranchForm(KeptForm):
    class Meta:
        model = Branch
        fields = ["name"]
        error_messages = {"name": {"required": "Écrivez le nom de la branche."}}

    def clean_name(self) -> str:
        return self.one_name_only("name", Branch.objects.all())


class DomainForm(KeptForm):
    parent = forms.ModelChoiceField(
        Domain.objects.none(),
        label="Dans le secteur",
        required=False,
        empty_label="Aucun\u00a0: c’est un secteur",
    )

    class Meta:
        model = Domain
        fields = ["name", "parent"]
        error_messages = {"name": {"required": "Écrivez le nom du domaine."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors = Domain.objects.filter(parent=None).exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = sectors  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return self.one_name_only("name", Domain.objects.all())

    def clean_parent(self) -> Domain | None:
        parent: Domain | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and self.instance.children.exists():
            raise ValidationError(
                "Ce secteur a des sous-domaines\u00a0: il ne peut pas entrer dans un autre. Déplacez-les d’abord."
            )
        return parent


class ObjectiveForm(KeptForm):
    class Meta:
        model = StrategicObjective
        fields = ["title"]
        error_messages = {"title": {"required": "Écrivez l’intitulé de l’objectif."}}

    def clean_title(self) -> str:
        return self.one_name_only("title", StrategicObjective.objects.all())


class OrganisationForm(KeptForm):
    branch = forms.ModelChoiceField(
        Branch.objects.all(),
        label="Branche",
        empty_label="Choisissez une branche",
        error_messages={"required": "Choisissez la branche de l’organisme."},
    )
    parent = OrganisationField(label="Caisse nationale", required=False)
    answer_delay_days = forms.IntegerField(
        label="Délai de réponse promis (jours)",
        required=False,
        min_value=1,
        max_value=LONGEST_DELAY,
        help_text="Laissez vide pour le délai du réseau. Ne vaut que pour les promesses à venir.",
    )

    class Meta:
        model = Organisation
        fields = ["name", "branch", "parent", "region", "department", "size_band", "answer_delay_days"]
        error_messages = {"name": {"required": "Écrivez le nom de l’organisme."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.parent:
            self.initial["parent"] = self.instance.parent.name
        for name, empty in (("region", "Aucune en particulier"), ("size_band", "Non renseigné")):
            choices = Organisation._meta.get_field(name).get_choices(blank_choice=[("", empty)])
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return self.one_name_only("name", Organisation.objects.all())

    def clean_parent(self) -> Organisation | None:
        parent: Organisation | None = self.cleaned_data["parent"]
        seen = parent
        while seen is not None:
            if seen.pk == self.instance.pk:
                raise ValidationError("Un organisme ne peut pas dépendre de lui-même.")
            seen = seen.parent
        return parent
