"""The advanced search, every criterion on one page, and the choice of columns: both make an address of the list."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from ozeli.ideas.forms.widgets import PlainSelect

from ..selectors.columns import COLUMNS
from .filters import FilterForm

# An address says in three ways what one has to do with a stage; the page asks for the stage, then for the way.
WAYS = {
    "atteinte": "l’a commencée",
    "franchie": "l’a passée",
    "lente": "y a passé deux fois le temps attendu",
}
GROUPS: dict[str, tuple[str, ...]] = {
    "De quoi il s’agit": ("mots", "motcle", "domaine", "rubrique", "objectif", "declencheur", "nature"),
    "Qui le porte": ("organisme", "direction", "branche", "partenaire", "lien"),
    "Où il en est": (
        "statut", "parcours", "passees", "etape", "rapport", "meteo", "avancement_min", "avancement_max", "silence",
    ),
    "Ses dates": ("debut_du", "debut_au", "annee", "fin_du", "fin_au", "retard", "fini_du", "fini_au"),
    "Comment il a fini": ("cause", "suite", "issue"),
}  # fmt: skip


class SearchForm(FilterForm):
    """Every criterion, as the address of the list would say it: `address` is that of what is asked."""

    rapport = forms.ChoiceField(
        label="Le projet, à cette étape",
        required=False,
        choices=[("", "s’y trouve"), *WAYS.items()],
        widget=PlainSelect,
    )

    def _offer_choices(self) -> None:
        super()._offer_choices()
        self.fields["etape"].label = "Étape"

    def said_in(self, query: QueryDict) -> dict[str, Any]:
        said = super().said_in(query)
        way = next((name for name in WAYS if said[name]), "")
        said["rapport"] = way or query.get("rapport", "")
        said["etape"] = said["etape"] or (said[way] if way else "")
        return said

    def offered(self, said: dict[str, Any]) -> set[str]:
        names = {*self.base_fields} - {*WAYS, "issue", "rubrique"}
        return names | ({"rubrique"} if self.sector else set()) | ({"issue"} if said["issue"] else set())

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        for title, names in GROUPS.items():
            yield title, [self[name] for name in names if name in self.fields]

    def asked(self) -> dict[str, str]:
        """The criteria as the address of the list says them: nothing that is empty."""
        kept, way = self.kept(), self.cleaned_data.get("rapport") or ""
        if way and kept.get("etape"):
            kept[way] = kept.pop("etape")
        return kept


class ColumnsForm(forms.Form):
    """The columns of the list as a table; none for the list in sentences."""

    colonnes = forms.MultipleChoiceField(
        label="Colonnes, après le titre",
        required=False,
        choices=[(code, column.title) for code, column in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, query: QueryDict) -> None:
        # A box each when the page sends them, one word for all when an address does.
        said = [code for value in query.getlist("colonnes") for code in value.split(",")]
        super().__init__({"colonnes": [code for code in COLUMNS if code in said]})
        self.is_valid()
