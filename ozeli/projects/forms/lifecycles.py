"""Lifecycles and methods, as administrators write them."""

from typing import Any

from django import forms

from ozeli.challenges.forms.fields import LineField, TextField
from ozeli.ideas.forms.widgets import PlainSelect
from ozeli.network.setting_forms import KeptForm

from ..enums import Kind, State
from ..models import Lifecycle, Method, Stage
from ..selectors.composing import as_told
from ..services.lifecycles import StageWords
from .knowledge import step_choices

LONGEST_STAGE = 3_650


class LifecycleForm(KeptForm):
    """The name of a lifecycle and what is said of it."""

    class Meta:
        model = Lifecycle
        fields = ["name", "summary", "kind"]
        error_messages = {"name": {"required": "Écrivez le nom du parcours."}}

    def clean_name(self) -> str:
        return self.one_name_only("name", Lifecycle.objects.all())


class StageForm(forms.Form):
    """A stage. `seen` is what the person was reading."""

    name = LineField(label="Nom", max_length=60, error_messages={"required": "Donnez un nom à cette étape."})
    purpose = LineField(
        label="À quoi elle sert",
        max_length=300,
        required=False,
        help_text="Une phrase, affichée sous le nom de l’étape.",
    )
    questions = TextField(
        label="Questions qui guident",
        max_length=2_000,
        required=False,
        help_text="Une par ligne. Elles aident à écrire le bilan\u202f; aucune n’est obligatoire.",
    )
    expected_days = forms.IntegerField(
        label="Durée attendue, en jours",
        required=False,
        min_value=1,
        max_value=LONGEST_STAGE,
        error_messages={
            "invalid": "Écrivez un nombre de jours, en chiffres.",
            "min_value": "Une étape dure un jour au moins\u00a0; laissez vide pour ne rien attendre.",
            "max_value": "Une étape dure dix ans au plus.",
        },
    )
    is_gate = forms.BooleanField(
        label="Une décision GO ou NO GO est prise à la fin",
        required=False,
        help_text="Une personne nommée la prend, avec ses raisons, avant que l’étape soit passée.",
    )
    is_groupable = forms.BooleanField(
        label="Peut être passée en même temps que la précédente",
        required=False,
        help_text="Pour ne pas suivre le parcours à la lettre quand le projet est petit.",
    )
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    @classmethod
    def first_values(cls, stage: Stage | None) -> dict[str, Any]:
        if stage is None:
            return {"is_groupable": True}
        return {name: getattr(stage, name) for name in StageWords.__slots__} | {"seen": as_told(stage)}

    def words(self) -> StageWords:
        return StageWords(**{name: self.cleaned_data[name] for name in StageWords.__slots__})

    @staticmethod
    def as_facts(stage: Stage) -> list[tuple[str, str]]:
        """What is stored, for whoever compares."""
        return [
            ("Nom", stage.name),
            ("À quoi elle sert", stage.purpose),
            ("Questions", stage.questions),
            ("Durée attendue", f"{stage.expected_days} jours" if stage.expected_days else ""),
            ("Jalon", "oui" if stage.is_gate else "non"),
            ("Regroupable", "oui" if stage.is_groupable else "non"),
        ]


class EndingForm(forms.Form):
    """How a project may end."""

    name = LineField(label="Nom", max_length=60, error_messages={"required": "Donnez un nom à cette suite."})
    state = forms.ChoiceField(
        label="Le projet est alors",
        choices=[(one.value, one.label) for one in (State.COMPLETED, State.ABANDONED)],
        widget=forms.RadioSelect,
        initial=State.COMPLETED,
    )


class CopyForm(forms.Form):
    """A lifecycle made from another."""

    name = LineField(
        label="Nom du nouveau parcours",
        max_length=80,
        error_messages={"required": "Donnez un nom au nouveau parcours."},
    )
    summary = LineField(label="En une phrase", max_length=240, required=False)
    kind = forms.ChoiceField(label="Pour quoi", choices=Kind.choices, widget=PlainSelect)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Lifecycle.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(
                "Un parcours porte déjà ce nom, peut-être parmi ceux qui sont archivés."
            )
        return name


class PublishForm(forms.Form):
    note = LineField(
        label="Ce qui change, en une phrase",
        max_length=240,
        required=False,
        help_text="Elle sera lue par ceux qui hésitent entre deux versions.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class MethodKeptForm(KeptForm):
    """A method of the catalogue."""

    stages = forms.MultipleChoiceField(
        label="Utile à ces étapes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Elle y sera proposée en premier.",
    )

    class Meta:
        model = Method
        fields = ["name", "summary", "how", "duration", "stages"]
        error_messages = {
            "name": {"required": "Écrivez le nom de la méthode."},
            "summary": {"required": "Dites en une phrase à quoi sert la méthode."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [
            (code, f"{name.partition('. ')[2]} ({group})")
            for group, options in step_choices()
            if isinstance(options, list)
            for code, name in options
        ]
        # A method may name a stage that no lifecycle has any more: it stays as long as nobody unticks it.
        known = {code for code, _name in steps}
        kept = [(code, code) for code in self.instance.stages or [] if code not in known]
        field: Any = self.fields["stages"]
        field.choices = [*steps, *kept]

    def clean_name(self) -> str:
        return self.one_name_only("name", Method.objects.all())
