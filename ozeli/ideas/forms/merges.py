"""What a référent writes to unite two ideas, to part them, or to say that they are neighbours."""

from django import forms
from django.http import QueryDict

from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..services.circuit import NOTE_MIN_LENGTH
from ..services.links import REASON_MAX_LENGTH
from .desk import TextField
from .widgets import PlainSelect, PlainTextInput

STANDING, PARTED, REVERSIBLE = "en-cours", "separes", "reversibles"
STATES = [
    ("", "Tous"),
    (STANDING, "En cours"),
    (REVERSIBLE, "Encore réversibles"),
    (PARTED, "Séparés"),
]
NAMES = ("mots", "etat", "organisme")


class MergeForm(forms.Form):
    """Unite two ideas, read at these versions."""

    absorbed_version = forms.IntegerField(widget=forms.HiddenInput)
    kept_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = TextField(
        label="Pourquoi est-ce la même idée\u202f?",
        min_length=NOTE_MIN_LENGTH,
        error_messages={"required": "Dites en une phrase pourquoi c’est la même idée\u00a0: chacun la lira."},
    )


class UndoForm(forms.Form):
    reason = TextField(
        label="Pourquoi les séparer\u202f?",
        min_length=NOTE_MIN_LENGTH,
        error_messages={"required": "Dites en une phrase pourquoi vous les séparez\u00a0: chacun la lira."},
    )


class LinkForm(forms.Form):
    reason = TextField(
        label="Ce qui les rapproche",
        max_length=REASON_MAX_LENGTH,
        min_length=NOTE_MIN_LENGTH,
        error_messages={
            "required": "Dites en une phrase ce qui les rapproche\u00a0: elle est lue sur les deux fiches."
        },
    )


class MergeFilterForm(forms.Form):
    """What the list of merges, or of links, is narrowed to. What cannot be understood is left out."""

    suggest_url = SUGGEST_URL

    mots = forms.CharField(label="Mots du titre", required=False, max_length=120, widget=PlainTextInput)
    etat = forms.ChoiceField(label="Où il en est", required=False, choices=STATES, widget=PlainSelect)
    organisme = OrganisationField(required=False, widget=PlainTextInput)

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.is_valid()

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept = self.cleaned_data
        said = [
            (f"«\u202f{kept['mots']}\u202f»" if kept.get("mots") else "", "mots"),
            (dict(STATES)[kept["etat"]] if kept.get("etat") else "", "etat"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
        ]
        return [(words, name) for words, name in said if words]
