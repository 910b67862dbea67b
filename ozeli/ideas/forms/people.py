"""Naming a person to sign or to join a team, and the filters of a team's ideas."""

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy

from ..models import TeamMember
from ..selectors.people import TeamWanted
from .desk import PersonField
from .filters import STATE_WORDS
from .widgets import PlainSelect

SUGGEST_URL = reverse_lazy("ideas:colleagues")


class InviteForm(forms.Form):
    """One person, by name or address."""

    suggest_url = SUGGEST_URL

    person = PersonField(label="La personne", error_messages={"required": "Nommez la personne à inviter."})


class TeamFilterForm(forms.Form):
    """Whose ideas, and where they stand; what cannot be understood is left out."""

    personne = forms.ChoiceField(label="Personne", required=False, widget=PlainSelect)
    etat = forms.ChoiceField(
        label="Où elle en est",
        required=False,
        widget=PlainSelect,
        choices=[("", "Toutes"), *((word, state.label) for state, word in STATE_WORDS.items())],
    )

    def __init__(self, query: QueryDict, members: list[TeamMember]) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in ("personne", "etat")})
        field = self.fields["personne"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Toute l’équipe"), *((str(one.member_id), str(one.member)) for one in members)]
        self.is_valid()

    def wanted(self) -> TeamWanted:
        person = self.cleaned_data.get("personne")
        states = {word: state.value for state, word in STATE_WORDS.items()}
        return TeamWanted(
            int(person) if person else None, states.get(self.cleaned_data.get("etat") or "", "")
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("personne", "etat"))
