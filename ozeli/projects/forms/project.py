"""What is told of a project: when it begins, and afterwards."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count

from ozeli.accounts.models import User
from ozeli.challenges.forms.fields import DomainField as AnyDomain
from ozeli.challenges.forms.fields import LineField, TextField, domains
from ozeli.core.access import Level
from ozeli.core.errors import Refused
from ozeli.core.french import plural
from ozeli.engagement.services import clean_tags
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextarea, PlainTextInput
from ozeli.network.enums import Audience
from ozeli.network.forms import SUGGEST_URL, OrganisationField
from ozeli.network.models import Organisation, StrategicObjective

from ..enums import Kind, Trigger
from ..models import LifecycleVersion, Project
from ..selectors.lifecycles import DEFAULT, offered

TITLE_MAX_LENGTH = 140
SUMMARY_MAX_LENGTH = 2_000
AUDIENCE_HINTS = {
    Audience.NETWORK: "Toutes les branches. C’est ainsi que d’autres évitent de refaire, ou vous aident.",
    Audience.BRANCH: "Les organismes de la branche seulement.",
    Audience.ORGANISATION: "Les collègues de l’organisme seulement.",
}
NOT_THERE = "Vous tenez les projets de vos organismes seulement\u00a0: celui-ci n’en fait pas partie."


class DomainField(AnyDomain):
    """A domain of either level, or none; cleans to its key or None."""

    widget = PlainSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "Domaine",
                "error_messages": {"invalid_choice": "Ce domaine n’existe plus. Choisissez-en un autre."},
            }
            | kwargs
        )
        self.choices = _domains


def _domains() -> list[tuple[str, Any]]:
    return [("", "Aucun en particulier"), *domains()[1:]]


class KeywordsField(forms.CharField):
    """Words between commas. Cleans to a list of spellings."""

    widget = PlainTextInput

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        try:
            return list(clean_tags(re.split(r"[,;\n]", super().clean(value))).values())
        except Refused as error:
            raise ValidationError(str(error)) from error


class AddressField(forms.URLField):
    """An address of the web; « https:// » may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=300,
            required=False,
            assume_scheme="https",
            widget=PlainTextInput(attrs={"inputmode": "url"}),
            error_messages={
                "invalid": "Écrivez une adresse entière, comme https://exemple.fr/essai.",
                "max_length": "Une adresse tient en 300 caractères.",
            },
            **kwargs,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not value.startswith(("http://", "https://")):
            raise ValidationError("Écrivez une adresse du web, qui commence par https://.")


def day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Écrivez une date, comme 15/12/2026."},
        **kwargs,
    )


class _Told(forms.Form):
    """What the creation and the changes share."""

    title = LineField(
        label="Titre",
        max_length=TITLE_MAX_LENGTH,
        widget=PlainTextInput,
        help_text="Une phrase courte, qui dit ce que l’on essaie.",
        error_messages={"required": "Donnez un titre\u00a0: c’est tout ce qu’il faut pour commencer."},
    )
    summary = TextField(
        label="En quelques lignes",
        max_length=SUMMARY_MAX_LENGTH,
        required=False,
        widget=PlainTextarea,
        help_text="Ce que vous essayez, où, avec qui, jusqu’à quand.",
    )
    domain_id = DomainField()
    expected_end_on = day("Fin prévue")
    audience = forms.ChoiceField(
        label="Qui peut le lire\u202f?",
        choices=[(one, one.label) for one in reversed(Audience)],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez qui pourra lire ce projet."),
    )
    organisation = OrganisationField(
        label="Organisme qui le porte",
        required=False,
        help_text="Vide\u00a0: le vôtre.",
    )
    suggest_url = SUGGEST_URL
    audience_hints = AUDIENCE_HINTS

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.level("projects") < Level.CONTRIBUTE:
            del self.fields["organisation"]

    @property
    def names_body(self) -> bool:
        """Whether this person chooses the body that carries the project."""
        return "organisation" in self.fields

    @property
    def opens(self) -> bool:
        """Whether this person chooses who reads it."""
        return "audience" in self.fields

    def clean_organisation(self) -> Organisation | None:
        body = self.cleaned_data.get("organisation")
        if (
            body
            and body.pk != self.user.organisation_id
            and not self.user.contributes_to("projects", body.pk)
        ):
            raise ValidationError(NOT_THERE)
        return body


class NewForm(_Told):
    """A project begins: a title is enough."""

    lifecycle = forms.ChoiceField(
        label="Quel parcours\u202f?",
        widget=forms.RadioSelect,
        help_text="Ses étapes vous guident sans vous enfermer\u00a0: on peut les grouper, s’arrêter, reprendre.",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choisissez un parcours parmi ceux qui sont proposés."
        ),
    )
    field_order = ["title", "summary", "lifecycle", "audience", "domain_id", "expected_end_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = offered().annotate(stage_total=Count("stages"))
        self.versions = {one.lifecycle.code: one for one in found}
        choice = self.fields["lifecycle"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(code, one.lifecycle.name) for code, one in self.versions.items()]
        choice.initial = DEFAULT if DEFAULT in self.versions else next(iter(self.versions), None)
        self.fields["audience"].initial = Audience.NETWORK

    @property
    def lifecycle_hints(self) -> dict[str, str]:
        return {
            code: f"{one.lifecycle.summary} {plural(one.stage_total, 'étape')}.".strip()  # type: ignore[attr-defined]
            for code, one in self.versions.items()
        }

    def chosen(self) -> LifecycleVersion:
        return self.versions[self.cleaned_data["lifecycle"]]

    def values(self) -> dict[str, Any]:
        """The columns of the project; the body only when another than one's own is named."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "lifecycle"}
        return {name: value for name, value in given.items() if name != "organisation" or value}

    @property
    def text(self) -> str:
        """What the look-alikes are asked for, valid or not."""
        return "\n".join(str(self[name].value() or "") for name in ("title", "summary"))


class EditForm(_Told):
    """The whole sheet, as it stood at `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Nature", choices=Kind.choices, widget=PlainSelect)
    pitch = TextField(
        label="Le pitch",
        required=False,
        widget=PlainTextarea,
        help_text="Deux minutes pour convaincre\u00a0: le problème, ce que vous essayez, ce que cela change.",
    )
    video_url = AddressField(
        label="Vidéo du pitch",
        help_text="Son adresse. Rien n’en est chargé avant que le lecteur ne la demande.",
    )
    link_url = AddressField(
        label="Autre adresse utile", help_text="Le prototype, son code, sa documentation."
    )
    direction = LineField(
        label="Direction à l’origine", max_length=120, required=False, widget=PlainTextInput
    )
    objective_id = forms.ModelChoiceField(
        StrategicObjective.objects.filter(is_active=True),
        label="Objectif stratégique",
        required=False,
        to_field_name="code",
        empty_label="Aucun en particulier",
        widget=PlainSelect,
        error_messages={"invalid_choice": "Cet objectif n’est plus en vigueur. Choisissez-en un autre."},
    )
    trigger = forms.ChoiceField(
        label="Fait générateur",
        required=False,
        choices=[("", "Non précisé"), *Trigger.choices],
        widget=PlainSelect,
        help_text="Ce qui a fait naître le projet.",
    )
    keywords = KeywordsField(
        label="Mots-clés", required=False, help_text="Cinq au plus, séparés par des virgules."
    )
    started_on = day("Démarré le")

    def __init__(self, *args: Any, owns: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not owns:
            del self.fields["audience"]
            self.fields.pop("organisation", None)
        elif "organisation" in self.fields:
            self.fields["organisation"].help_text = ""

    def clean_objective_id(self) -> int | None:
        chosen = self.cleaned_data.get("objective_id")
        return chosen.pk if chosen else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("started_on"), given.get("expected_end_on")
        if start and end and end < start:
            self.add_error("expected_end_on", "La fin prévue vient après le démarrage.")
        return given

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["version"])

    def values(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and not (name == "organisation" and value is None)
        }


_PLAIN = (
    "version",
    "title",
    "summary",
    "kind",
    "pitch",
    "video_url",
    "link_url",
    "direction",
    "trigger",
    "started_on",
    "expected_end_on",
    "audience",
)


def words_of(project: Project) -> dict[str, Any]:
    """The sheet of a project, as the form opens with it."""
    return {name: getattr(project, name) for name in _PLAIN} | {
        "domain_id": project.domain.code if project.domain else "",
        "objective_id": project.objective.code if project.objective else "",
        "keywords": ", ".join(project.keywords),
        "organisation": project.organisation.name,
    }
