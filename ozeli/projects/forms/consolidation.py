"""What the consolidation is narrowed to: four filters of the list, so that every figure opens its rows there."""

from typing import Any

from django.http import QueryDict

from ozeli.core import clock

from ..selectors.consolidation import Scope, first_year
from .filters import NAMES, NONE, FilterForm, _choice


class ScopeForm(FilterForm):
    """The year of departure, the branch, the body, the domain. What cannot be understood is left out."""

    quick = ("annee", "branche", "organisme", "domaine")

    annee = _choice("Année de départ")  # type: ignore[assignment]

    def said_in(self, query: QueryDict) -> dict[str, Any]:
        asked = super().said_in(query)
        return {name: asked[name] if name in (*self.quick, "rubrique") else "" for name in NAMES}

    def _offer_choices(self) -> None:
        super()._offer_choices()
        year: Any = self.fields["annee"]
        years = range(clock.today().year, first_year() - 1, -1)
        year.choices = [
            ("", "Toutes"),
            *((str(one), str(one)) for one in years),
            (NONE, "Pas encore démarrés"),
        ]

    def scope(self) -> Scope:
        return Scope(self.wanted(), tuple(self.kept().items()))

    def narrowed_to(self) -> str:
        """« 2025, branche Famille »: the filters in force, in words."""
        return ", ".join(words for words, _name in self.applied())
