"""The filters of the cimetière: a GET form, hence a link that can be kept."""

from typing import cast

from django import forms
from django.http import QueryDict

from ozeli.core.french import quoted
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..enums import Reason
from ..selectors.graveyard import SORTS, Wanted
from ..selectors.listing import Topic, sectors
from .widgets import PlainSelect, PlainTextInput

NAMES = ("mots", "motif", "domaine", "organisme")


class GraveyardForm(forms.Form):
    """What the cimetière is narrowed to. What cannot be understood is left out."""

    suggest_url = SUGGEST_URL

    mots = forms.CharField(label="Mots", required=False, max_length=200, widget=PlainTextInput)
    motif = forms.ChoiceField(
        label="Motif", required=False, choices=[("", "Tous"), *Reason.choices], widget=PlainSelect
    )
    domaine = forms.ChoiceField(label="Domaine", required=False, widget=PlainSelect)
    organisme = OrganisationField(required=False, widget=PlainTextInput)

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.topics = {topic.code: topic for sector in sectors() for topic in (sector, *sector.children)}
        domains = cast(forms.ChoiceField, self.fields["domaine"])
        domains.choices = [("", "Tous"), *((sector.code, sector.name) for sector in sectors())]
        self.sort = query.get("tri", "") if query.get("tri") in SORTS else SORTS[0]
        self.is_valid()

    @property
    def topic(self) -> Topic | None:
        return self.topics.get(self.cleaned_data.get("domaine") or "")

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        return Wanted(
            reason=kept.get("motif") or "",
            domains=self.topic.ids if self.topic else (),
            organisation=kept.get("organisme"),
            words=kept.get("mots") or "",
        )

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept = self.cleaned_data
        said = [
            (quoted(kept["mots"]) if kept.get("mots") else "", "mots"),
            (str(Reason(kept["motif"]).label) if kept.get("motif") else "", "motif"),
            (self.topic.name if self.topic else "", "domaine"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
        ]
        return [(words, name) for words, name in said if words]
