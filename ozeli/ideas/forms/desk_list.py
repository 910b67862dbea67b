"""The filters of the desk's list, a GET form hence an address to keep; and who is entrusted with a selection."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.french import quoted
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..enums import State
from ..selectors.desk_list import AUTHOR_DAYS, MINE, NOBODY, SIGNS, Wanted
from .desk import PersonField, TextField
from .filters import STATE_WORDS
from .widgets import PlainSelect, PlainTextInput

NAMES = ("mots", "etat", "qui", "signe", "auteur", "organisme")
# The desk also sees what was withdrawn.
STATES = STATE_WORDS | {State.WITHDRAWN: "retiree"}
HANDLERS = [("", "N’importe qui"), (MINE, "Moi"), (NOBODY, "Personne en particulier")]


class DeskFilterForm(forms.Form):
    """What the list is narrowed to. What cannot be understood is left out; `etat` is chosen by the tabs."""

    suggest_url = SUGGEST_URL

    mots = forms.CharField(label="Mots", required=False, max_length=200, widget=PlainTextInput)
    signe = forms.ChoiceField(
        label="À surveiller", required=False, choices=[("", "Tout"), *SIGNS.items()], widget=PlainSelect
    )
    auteur = forms.ChoiceField(
        label="Attend l’auteur",
        required=False,
        choices=[("", "Ou non"), *AUTHOR_DAYS.items()],
        widget=PlainSelect,
    )
    qui = forms.ChoiceField(label="Qui répond", required=False, choices=HANDLERS, widget=PlainSelect)
    organisme = OrganisationField(required=False, widget=PlainTextInput)
    etat = forms.ChoiceField(
        required=False, choices=[("", ""), *((word, state) for state, word in STATES.items())]
    )

    def __init__(self, query: QueryDict, user: User) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.has_bodies = user.contribution_scope("ideas") is None
        if not self.has_bodies:
            del self.fields["organisme"]
        self.is_valid()

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        by_word = {word: state.value for state, word in STATES.items()}
        return Wanted(
            state=by_word.get(kept.get("etat") or "", ""),
            handler=kept.get("qui") or "",
            sign=kept.get("signe") or "",
            author_days=int(kept.get("auteur") or 0),
            organisation=kept.get("organisme"),
            words=kept.get("mots") or "",
        )

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        words = {word: str(state.label) for state, word in STATES.items()}
        waits = f"Attend l’auteur {AUTHOR_DAYS[kept['auteur']].lower()}" if kept.get("auteur") else ""
        said = [
            (words.get(kept.get("etat") or "", ""), "etat"),
            (quoted(kept["mots"]) if kept.get("mots") else "", "mots"),
            (SIGNS.get(kept.get("signe") or "", ""), "signe"),
            (waits, "auteur"),
            ({MINE: "Que je tiens", NOBODY: "Que personne ne tient"}.get(kept.get("qui") or "", ""), "qui"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
        ]
        return [(words, name) for words, name in said if words]


class AssignForm(forms.Form):
    """Entrust the chosen ideas to somebody, or give them back to the team."""

    handler = PersonField(label="Confier à", required=False)
    note = TextField(label="Un mot pour cette personne", required=False)
    freed = forms.BooleanField(label="Rendre à l’équipe d’animation", required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "handler" in data and not data["handler"] and not data.get("freed"):
            raise ValidationError(
                "Écrivez le nom de la personne qui répondra, ou rendez ces idées à l’équipe."
            )
        if data.get("handler") and data.get("freed"):
            raise ValidationError("Choisissez\u00a0: confier à quelqu’un, ou rendre à l’équipe.")
        return data
