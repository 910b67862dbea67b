"""What the list of late answers is narrowed to, and who is entrusted with a selection of them."""

from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..selectors.challenges import visible
from ..selectors.desk_list import MINE, NOBODY
from ..selectors.overdue import LEVELS, Wanted
from .desk import PersonField, TextField
from .widgets import PlainSelect, PlainTextInput

NAMES = ("qui", "niveau", "organisme", "defi", "miens")
HANDLERS = [("", "N’importe qui"), (MINE, "Moi"), (NOBODY, "Personne en particulier")]


class OverdueFilterForm(forms.Form):
    """A GET form, hence an address to keep. What cannot be understood is left out."""

    suggest_url = SUGGEST_URL

    niveau = forms.ChoiceField(
        label="Jusqu’où", required=False, choices=[("", "Toutes"), *LEVELS.items()], widget=PlainSelect
    )
    qui = forms.ChoiceField(label="Qui répond", required=False, choices=HANDLERS, widget=PlainSelect)
    defi = forms.ChoiceField(label="Défi", required=False, widget=PlainSelect)
    organisme = OrganisationField(required=False, widget=PlainTextInput)
    miens = forms.BooleanField(required=False)

    def __init__(self, query: QueryDict, user: User) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.known = {known.slug: known for known in visible(user)}
        titles = sorted((known.title, slug) for slug, known in self.known.items())
        field: Any = self.fields["defi"]
        field.choices = [("", "Tous, ou aucun"), *((slug, title) for title, slug in titles)]
        self.has_challenges = bool(self.known)
        scope = user.contribution_scope("ideas")
        self.has_bodies = scope is None or len(scope) > 1
        if not self.has_bodies:
            del self.fields["organisme"]
        self.is_valid()

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        challenge = self.known.get(kept.get("defi") or "")
        return Wanted(
            handler=kept.get("qui") or "",
            level=kept.get("niveau") or "",
            led=bool(kept.get("miens")),
            organisation=kept.get("organisme"),
            challenge=challenge.id if challenge else None,
        )

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        challenge = self.known.get(kept.get("defi") or "")
        said = [
            (LEVELS.get(kept.get("niveau") or "", ""), "niveau"),
            ({MINE: "Que je tiens", NOBODY: "Que personne ne tient"}.get(kept.get("qui") or "", ""), "qui"),
            (challenge.title if challenge else "", "defi"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
            ("Remontées jusqu’à vous" if kept.get("miens") else "", "miens"),
        ]
        return [(words, name) for words, name in said if words]


class EntrustForm(forms.Form):
    """Who takes the chosen ideas."""

    handler = PersonField(label="Confier à", required=False)
    note = TextField(label="Un mot pour cette personne", required=False)
