"""The filters of the list of challenges: a GET form, hence a link that can be kept."""

from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.network.forms import SUGGEST_URL, OrganisationField
from ozeli.network.models import Branch

from ..enums import Format
from ..selectors.listing import MOMENTS, OPEN, Wanted

NAMES = ("format", "branche", "organisme")


class FilterForm(forms.Form):
    """What cannot be understood is left out. `moment` is the tab, not a field."""

    suggest_url = SUGGEST_URL

    format = forms.ChoiceField(label="Format", required=False, choices=[("", "Tous"), *Format.choices])
    branche = forms.ModelChoiceField(
        Branch.objects.all(), label="Branche", required=False, to_field_name="code", empty_label="Toutes"
    )
    organisme = OrganisationField(required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        asked = query.get("moment", "")
        self.moment = asked if asked in MOMENTS else OPEN
        self.is_valid()

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        return Wanted(self.moment, kept.get("format") or "", kept.get("branche"), kept.get("organisme"))

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        said = [
            (dict(Format.choices)[kept["format"]] if kept.get("format") else "", "format"),
            (kept["branche"].name if kept.get("branche") else "", "branche"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
        ]
        return [(str(words), name) for words, name in said if words]

    def kept(self) -> dict[str, str]:
        """The filters in force, as the address says them."""
        return {name: str(self.data[name]) for name in NAMES if self.cleaned_data.get(name)}
