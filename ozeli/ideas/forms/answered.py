"""What the comparison of bodies is narrowed to and sorted by."""

from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.core.french import quoted
from ozeli.network.enums import Region, SizeBand

from ..selectors.answered import SORTS, Wanted
from ..selectors.places import branches
from .widgets import PlainSelect, PlainTextInput

NAMES = ("q", "branche", "region", "effectif", "tous", "tri")


class AnsweredForm(forms.Form):
    """A GET form, hence an address to keep. What cannot be understood is left out."""

    q = forms.CharField(label="Organisme", required=False, max_length=160, widget=PlainTextInput)
    branche = forms.ChoiceField(label="Branche", required=False, widget=PlainSelect)
    region = forms.ChoiceField(
        label="Région", required=False, choices=[("", "Toutes"), *Region.choices], widget=PlainSelect
    )
    effectif = forms.ChoiceField(
        label="Effectif", required=False, choices=[("", "Tous"), *SizeBand.choices], widget=PlainSelect
    )
    tous = forms.BooleanField(label="Aussi ceux dont trop peu d’idées ont leur réponse", required=False)
    tri = forms.ChoiceField(
        label="Classer", required=False, choices=[(code, one[0]) for code, one in SORTS.items()]
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.by_code = {one.code: one for one in branches().values()}
        field: Any = self.fields["branche"]
        ordered = sorted(self.by_code.values(), key=lambda one: (one.position, one.code))
        field.choices = [("", "Toutes"), *((one.code, one.name) for one in ordered)]
        self.is_valid()

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        branch = self.by_code.get(kept.get("branche") or "")
        return Wanted(
            sort=kept.get("tri") or "nom",
            words=kept.get("q") or "",
            branch=branch.pk if branch else None,
            region=kept.get("region") or "",
            size=kept.get("effectif") or "",
            untold=bool(kept.get("tous")),
        )

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        branch = self.by_code.get(kept.get("branche") or "")
        said = [
            (quoted(kept["q"]) if kept.get("q") else "", "q"),
            (f"branche {branch.name}" if branch else "", "branche"),
            (str(Region(kept["region"]).label) if kept.get("region") else "", "region"),
            (str(SizeBand(kept["effectif"]).label) if kept.get("effectif") else "", "effectif"),
            ("même sans chiffre" if kept.get("tous") else "", "tous"),
        ]
        return [(words, name) for words, name in said if words]
