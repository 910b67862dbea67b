"""Answer templates: their filters, and the form that writes one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from ozeli.core.french import quoted
from ozeli.network.forms import SUGGEST_URL, OrganisationField
from ozeli.network.models import Organisation

from .. import blanks
from ..enums import Reason, TemplateVerdict
from ..selectors.answer_templates import NETWORK, Wanted
from ..services.answer_templates import TEXT_MIN_LENGTH, TemplateWords, unknown_words
from .desk import ANSWER_MAX_LENGTH, TextField
from .widgets import PlainSelect, PlainTextInput

NAMES = ("mots", "portee", "decision")


class LibraryForm(forms.Form):
    """What the library is narrowed to. What cannot be understood is left out."""

    mots = forms.CharField(label="Mots", required=False, max_length=200, widget=PlainTextInput)
    portee = forms.ChoiceField(label="Portée", required=False, widget=PlainSelect)
    decision = forms.ChoiceField(
        label="Décision",
        required=False,
        choices=[("", "Toutes"), *TemplateVerdict.choices],
        widget=PlainSelect,
    )

    def __init__(self, query: QueryDict, bodies: list[Organisation]) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        scopes: Any = self.fields["portee"]
        scopes.choices = [("", "Toutes"), (NETWORK, "Réseau"), *((one.code, one.name) for one in bodies)]
        self.is_valid()

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        return Wanted(kept.get("portee") or "", kept.get("decision") or "", kept.get("mots") or "")

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        scopes: Any = self.fields["portee"]
        said = [
            (quoted(kept["mots"]) if kept.get("mots") else "", "mots"),
            (dict(scopes.choices)[kept["portee"]] if kept.get("portee") else "", "portee"),
            (TemplateVerdict(kept["decision"]).label if kept.get("decision") else "", "decision"),
        ]
        return [(str(words), name) for words, name in said if words]


class TemplateForm(forms.Form):
    """A template. The body is typed by the desk of the network, chosen by the others (`bodies`)."""

    suggest_url = SUGGEST_URL

    title = forms.CharField(
        label="Titre",
        max_length=120,
        widget=PlainTextInput,
        error_messages={
            "required": "Donnez un titre à cette réponse type.",
            "max_length": "Le titre compte 120 caractères au plus.",
        },
    )
    organisation = OrganisationField(label="Pour quel organisme", required=False, widget=PlainTextInput)
    verdict = forms.ChoiceField(
        label="Décision",
        choices=TemplateVerdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la décision qui va avec ce texte."},
    )
    reason = forms.ChoiceField(
        label="Motif",
        choices=[("", "Aucun en particulier"), *Reason.choices],
        required=False,
        widget=PlainSelect,
    )
    text = TextField(
        label="Texte", max_length=ANSWER_MAX_LENGTH, error_messages={"required": "Écrivez le texte."}
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, bodies: list[Organisation] | None, **kwargs: Any) -> None:
        """`bodies`: those of the person, None for the desk of the network."""
        super().__init__(*args, **kwargs)
        self.has_network = bodies is None
        if bodies is not None:
            chosen = forms.ModelChoiceField(
                Organisation.objects.filter(pk__in=[one.pk for one in bodies]),
                label="Pour quel organisme",
                to_field_name="code",
                empty_label=None,
                widget=PlainSelect,
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), "Choisissez un organisme dont vous animez les idées."
                ),
            )
            self.fields["organisation"] = chosen

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if len(text) < TEXT_MIN_LENGTH:
            raise ValidationError(f"Écrivez le texte, en {TEXT_MIN_LENGTH} caractères au moins.")
        if wrong := blanks.unknown(text):
            raise ValidationError(unknown_words(wrong).replace(" :", "\u00a0:"))
        return text

    def words(self) -> TemplateWords:
        said = self.cleaned_data
        return TemplateWords(
            title=said["title"],
            verdict=said["verdict"],
            text=said["text"],
            reason=said["reason"],
            organisation=said["organisation"],
        )
