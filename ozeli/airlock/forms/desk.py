"""What the desk does of a deposit."""

from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.ideas.forms.deposit import TITLE_MAX_LENGTH, TITLE_MIN_LENGTH, WrittenField
from ozeli.ideas.forms.desk import TextField
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextInput

from ..enums import DepositState

ACCEPT, REFUSE = "accept", "refuse"
# Words of the address: « ?etat=publies ».
STATE_WORDS = {
    "": DepositState.HELD.value,
    "echanges": "talk",
    "publies": DepositState.PUBLISHED.value,
    "refuses": DepositState.REFUSED.value,
    "retires": DepositState.WITHDRAWN.value,
    "signes": DepositState.SIGNED.value,
    "tous": "",
}


class FilterForm(forms.Form):
    etat = forms.ChoiceField(
        label="Montrer",
        required=False,
        widget=PlainSelect,
        choices=[
            ("", "À relire"),
            ("echanges", "Dont l’auteur attend une réponse"),
            ("publies", "Publiés"),
            ("refuses", "Non publiés"),
            ("retires", "Retirés par leur auteur"),
            ("signes", "Signés"),
            ("tous", "Tous"),
        ],
    )

    def __init__(self, query: QueryDict) -> None:
        asked = query.get("etat", "")
        super().__init__({"etat": asked if asked in STATE_WORDS else ""})

    @property
    def word(self) -> str:
        return str(self.data["etat"])

    @property
    def state(self) -> str:
        return STATE_WORDS[self.word]


class DecisionForm(forms.Form):
    """Publish or refuse a deposit, read at `version`."""

    act_hints = {
        ACCEPT: "Elle devient une idée comme les autres, sans nom ni organisme",
        REFUSE: "Son texte est effacé\u00a0; son auteur lira pourquoi avec son code",
    }
    act = forms.ChoiceField(
        label="Votre décision",
        choices=[(ACCEPT, "Publier"), (REFUSE, "Ne pas publier")],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez une décision."),
    )
    reason = TextField(label="Pourquoi ne pas la publier\u202f?", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("act") == REFUSE and len(said.get("reason", "")) < 10:
            self.add_error(
                "reason", "Écrivez en une phrase pourquoi\u00a0: son auteur le lira avec son code de suivi."
            )
        return said


class MaskForm(forms.Form):
    """The text of a deposit, less what names a person."""

    title = WrittenField(
        label="Titre",
        widget=PlainTextInput,
        at_least=TITLE_MIN_LENGTH,
        max_length=TITLE_MAX_LENGTH,
        missing="Gardez un titre à cette idée.",
    )
    problem = WrittenField(label="Le problème", missing="Gardez le problème raconté.")
    beneficiaries = WrittenField(label="Pour qui", required=False)
    proposal = WrittenField(label="La proposition", missing="Gardez ce qui est proposé.")
    benefit = WrittenField(label="Ce que cela changerait", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class WordForm(forms.Form):
    body = TextField(
        label="Votre message",
        max_length=2000,
        error_messages={"required": "Écrivez votre message."},
    )
