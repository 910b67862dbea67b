"""Begin a synthesis, edit it, choose its projects, find one in the archives."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.challenges.forms.fields import LineField, TextField
from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.network.forms import SUGGEST_URL, OrganisationField
from ozeli.network.models import Branch

from .. import synthesis_rules as rules
from ..enums import SynthesisState
from ..selectors.synthesis import Wanted
from ..selectors.synthesis_periods import Period, half_year_of, offered

FREE = "libre"
LONGEST = 20_000
MOST_YEARS = 10
_SCOPES = {
    Audience.NETWORK: "Tout le réseau",
    Audience.BRANCH: "Une branche",
    Audience.ORGANISATION: "Un organisme",
}
_ABOUT = {"reseau": "Le réseau", "branche": "Une branche", "organisme": "Un organisme"}
_AUDIENCES = {
    "": "Ceux dont elle parle",
    Audience.ORGANISATION: "L’organisme seul",
    Audience.BRANCH: "Toute sa branche",
    Audience.NETWORK: "Tout le réseau",
}


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Écrivez une date, par exemple 2026-06-30."},
    )


class NewForm(forms.Form):
    """The period, the scope and the readers: everything else is written from the data."""

    suggest_url = SUGGEST_URL

    period = forms.ChoiceField(label="Période", widget=forms.RadioSelect)
    first = _day("Du")
    last = _day("Au")
    scope = forms.ChoiceField(label="Elle parle de", widget=forms.RadioSelect)
    branch = forms.ModelChoiceField(
        Branch.objects.filter(is_active=True), label="Branche", required=False, to_field_name="code",
        empty_label="Choisissez une branche",
    )  # fmt: skip
    organisation = OrganisationField(required=False)
    audience = forms.ChoiceField(
        label="Elle est lue par", required=False, widget=forms.RadioSelect, choices=list(_AUDIENCES.items())
    )
    signature = LineField(
        label="Signée par",
        max_length=160,
        required=False,
        help_text="Le nom et la fonction, comme ils seront imprimés.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        halves = [(one.code, one.name) for one in offered(clock.today())]
        fields: Any = self.fields
        fields["period"].choices = [*halves, (FREE, "D’autres dates")]
        self.for_network = rules.writes_for_network(user)
        scopes = list(_SCOPES) if self.for_network else [Audience.ORGANISATION]
        fields["scope"].choices = [(one.value, _SCOPES[one]) for one in scopes]
        self.fields["period"].initial = halves[1][0]
        self.fields["scope"].initial = scopes[0].value
        self.fields["audience"].initial = ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self._check_scope(given)
        given["when"] = self._period(given)
        scope = given.get("scope") or ""
        if scope and given.get("audience") and given["audience"] not in rules.audiences(scope):
            self.add_error(
                "audience", "Ce sont au moins ceux dont elle parle : choisissez un cercle plus large."
            )
        return given

    def _check_scope(self, given: dict[str, Any]) -> None:
        if given.get("scope") == Audience.BRANCH and not given.get("branch") and "branch" not in self.errors:
            self.add_error("branch", "Choisissez la branche dont elle parle.")
        missing = given.get("scope") == Audience.ORGANISATION and not given.get("organisation")
        if missing and "organisation" not in self.errors:
            self.add_error("organisation", "Nommez l’organisme dont elle parle.")

    def _period(self, given: dict[str, Any]) -> Period | None:
        if given.get("period") != FREE:
            return half_year_of(given.get("period") or "")
        first, last = given.get("first"), given.get("last")
        for name, value in (("first", first), ("last", last)):
            if value is None and name not in self.errors:
                self.add_error(name, "Donnez cette date : la période commence et finit un jour précis.")
        if first is None or last is None:
            return None
        if last < first:
            self.add_error("last", "Cette date vient avant le début : échangez-les.")
        if (last - first).days > 366 * MOST_YEARS:
            self.add_error("last", f"Une synthèse porte sur {MOST_YEARS} ans au plus.")
        if first < date(1990, 1, 1):
            self.add_error("first", "Écrivez une date à partir de 1990.")
        return None if self.errors else Period(first, last)

    def values(self) -> dict[str, Any]:
        """The columns of the synthesis."""
        given = self.cleaned_data
        scope, body = given["scope"], given["organisation"]
        branch = given["branch"] if scope == Audience.BRANCH else None
        if scope == Audience.ORGANISATION:
            branch = body.branch
        return {
            "scope": scope,
            "branch": branch,
            "organisation": body if scope == Audience.ORGANISATION else None,
            "audience": given["audience"] or scope,
            "starts_on": given["when"].first,
            "ends_on": given["when"].last,
            "signature": given["signature"],
        }


class VersionedForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> int:
        return int(self.cleaned_data.get("version") or 0)


class HeadForm(VersionedForm):
    """Its title, and who signs it."""

    title = LineField(
        label="Titre", max_length=140, error_messages={"required": "Donnez un titre à la synthèse."}
    )
    signature = LineField(
        label="Signée par",
        max_length=160,
        required=False,
        help_text="Le nom et la fonction, comme ils seront imprimés.",
    )


class SectionForm(VersionedForm):
    """The text of a section."""

    body = TextField(label="Texte", max_length=LONGEST, required=False)


class WithdrawForm(forms.Form):
    reason = LineField(
        label="Pourquoi la retirer",
        max_length=240,
        error_messages={"required": "Dites pourquoi elle est retirée : ceux qui l’ont écrite le liront."},
    )


class FindForm(forms.Form):
    """The projects that may have a page: by words of their title."""

    mots = forms.CharField(label="Mots du titre", required=False, max_length=140)

    def words(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("mots", "")).replace("\0", "").strip()


class ArchiveForm(forms.Form):
    """The filters of the archive. What cannot be understood is left out."""

    suggest_url = SUGGEST_URL

    porte = forms.ChoiceField(
        label="Porte sur",
        required=False,
        choices=[("", "Tout"), *_ABOUT.items()],
    )
    annee = forms.ChoiceField(label="Année", required=False)
    organisme = OrganisationField(required=False)

    NAMES = ("porte", "annee", "organisme")
    SCOPES = {
        "reseau": Audience.NETWORK.value,
        "branche": Audience.BRANCH.value,
        "organisme": Audience.ORGANISATION.value,
    }

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in self.NAMES})
        this_year = clock.today().year
        years = [str(year) for year in range(this_year, this_year - MOST_YEARS, -1)]
        fields: Any = self.fields
        fields["annee"].choices = [("", "Toutes"), *((year, year) for year in years)]
        asked = query.get("etat", "")
        self.state = asked if asked in ("preparation", "retirees") else ""
        self.is_valid()

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        states = {
            "": SynthesisState.PUBLISHED,
            "preparation": SynthesisState.DRAFT,
            "retirees": SynthesisState.WITHDRAWN,
        }
        year = kept.get("annee") or ""
        return Wanted(
            states[self.state].value,
            self.SCOPES.get(kept.get("porte") or "", ""),
            int(year) if year else None,
            kept.get("organisme"),
        )

    def kept(self) -> dict[str, str]:
        return {name: str(self.data[name]) for name in self.NAMES if self.cleaned_data.get(name)}

    def applied(self) -> list[tuple[str, str]]:
        kept = self.cleaned_data
        said = [
            (_ABOUT.get(kept.get("porte") or "", ""), "porte"),
            (kept.get("annee") or "", "annee"),
            (kept["organisme"].name if kept.get("organisme") else "", "organisme"),
        ]
        return [(str(words), name) for words, name in said if words]
