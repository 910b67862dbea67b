"""The filters of the list of ideas: a GET form, hence a link that can be kept."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify

from ozeli.accounts.models import User
from ozeli.challenges.selectors import Known, published
from ozeli.network.enums import Audience
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..enums import State
from ..selectors.challenges import visible
from ..selectors.listing import AWAITING, MINE, SORTS, Topic, Wanted, sectors
from .widgets import PlainSelect, PlainTextInput

_LISTED = [state for state in State if state not in (State.DRAFT, State.WITHDRAWN)]
# Words of the address: « ?etat=a-l-etude ».
STATE_WORDS = {state: slugify(str(state.label).replace("’", " ")) for state in _LISTED}
STATE_CHOICES = [
    ("", "Toutes"),
    (AWAITING, "Attend une réponse"),
    *((STATE_WORDS[one], one.label) for one in _LISTED),
]
MINE_CHOICES = [
    ("", "Toutes"),
    ("miennes", "Les miennes"),
    ("suivies", "Celles que je suis"),
    ("soutenues", "Celles que je soutiens"),
]
NAMES = ("domaine", "rubrique", "organisme", "etat", "lien", "defi")
# The latest challenges are offered; an older one is reached from its own page.
OFFERED = 8


class FilterForm(forms.Form):
    """What the list is narrowed to. What cannot be understood is left out.

    `domaine` takes the code of a domain of either level; `rubrique` is offered once a sector is chosen.
    """

    suggest_url = SUGGEST_URL
    defi = forms.ChoiceField(label="Défi", required=False, widget=PlainSelect)

    domaine = forms.ChoiceField(label="Domaine", required=False, widget=PlainSelect)
    rubrique = forms.ChoiceField(label="Sous-domaine", required=False, widget=PlainSelect)
    etat = forms.ChoiceField(
        label="Où elle en est", required=False, choices=STATE_CHOICES, widget=PlainSelect
    )
    organisme = OrganisationField(required=False, widget=PlainTextInput)
    lien = forms.ChoiceField(label="Avec vous", required=False, choices=MINE_CHOICES, widget=PlainSelect)

    def __init__(self, query: QueryDict, user: User | None = None) -> None:
        """Without `user`, nothing is named that the whole network may not read."""
        self.challenge, offered = _challenges(query.get("defi", ""), user)
        self.sector, self.topic = _chosen(query.get("domaine", ""), query.get("rubrique", ""))
        data = {name: query.get(name, "").replace("\0", "") for name in NAMES}
        data["domaine"] = self.sector.code if self.sector else ""
        data["rubrique"] = self.topic.code if self.topic else ""
        data["defi"] = self.challenge.slug if self.challenge else ""
        super().__init__(data)
        challenge: Any = self.fields["defi"]
        challenge.choices = [("", "Tous, et hors défi"), *((one.slug, one.title) for one in offered)]
        self._offer("domaine", sectors())
        self._offer("rubrique", self.sector.children if self.sector else ())
        self.sort = query.get("tri", "") if query.get("tri") in SORTS else next(iter(SORTS))
        self.sort_is_chosen = self.sort != next(iter(SORTS))
        self.is_valid()

    def _offer(self, name: str, topics: tuple[Topic, ...]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", "Tous"), *((topic.code, topic.name) for topic in topics)]

    def wanted(self) -> Wanted:
        topic, kept = self.topic or self.sector, self.cleaned_data
        states = {word: state.value for state, word in STATE_WORDS.items()} | {AWAITING: AWAITING}
        return Wanted(
            domains=topic.ids if topic else (),
            organisation=kept.get("organisme"),
            state=states.get(kept.get("etat") or "", ""),
            mine=kept.get("lien") or "",
            sort=self.sort,
            challenge=self.challenge.id if self.challenge else None,
        )

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        said = [
            (self.sector.name if self.sector else "", "domaine"),
            (self.topic.name if self.topic else "", "rubrique"),
            (dict(STATE_CHOICES)[kept["etat"]] if kept.get("etat") else "", "etat"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
            (dict(MINE_CHOICES)[kept["lien"]] if kept.get("lien") else "", "lien"),
            (self.challenge.title if self.challenge else "", "defi"),
        ]
        return [(words, name) for words, name in said if words]


def _challenges(slug: str, user: User | None) -> tuple[Known | None, list[Known]]:
    """The challenge of the address, and those offered."""
    known = (
        visible(user) if user else [one for one in published().values() if one.audience == Audience.NETWORK]
    )
    chosen = next((one for one in known if one.slug == slug), None) if slug else None
    offered = known[:OFFERED]
    return chosen, [chosen, *offered] if chosen and chosen not in offered else offered


def _chosen(first: str, second: str) -> tuple[Topic | None, Topic | None]:
    """The sector and, when one is named, the sub-category."""
    for sector in sectors():
        children = {child.code: child for child in sector.children}
        if first in children:
            return sector, children[first]
        if first == sector.code:
            return sector, children.get(second)
    return None, None


assert set(MINE) == {value for value, _label in MINE_CHOICES if value}
