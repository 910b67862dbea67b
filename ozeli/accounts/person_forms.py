"""Forms on one person: their sheet, the end of a profile, a profile lent."""

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from ozeli.network.forms import OrganisationField

from . import selectors
from .models import Membership, User
from .services.accounts import one_line
from .services.people import values_of

SEEN = "ozeli.accounts.person_sheet"


def _day(label: str, hint: str = "", *, empty: str = "", required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=hint,
        error_messages={
            "required": empty,
            "invalid": "Écrivez une date, par exemple 31/12/2026.",
        },
    )


class PersonForm(forms.Form):
    """The sheet of a person. `seen` signs what was on the screen, which is its version."""

    display_name = forms.CharField(
        label="Nom affiché", max_length=120, error_messages={"required": "Écrivez le nom de la personne."}
    )
    organisation = OrganisationField(error_messages={"required": "Écrivez l’organisme de la personne."})
    job_family = forms.CharField(label="Famille de métiers", required=False, max_length=80)
    is_manager = forms.BooleanField(label="Encadre une équipe", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(person: User) -> dict[str, Any]:
        shown = {name: getattr(person, name) for name in ("display_name", "job_family", "is_manager")}
        seen = signing.dumps(values_of(person), salt=SEEN)
        return shown | {"organisation": person.organisation.name, "seen": seen}

    def clean_display_name(self) -> str:
        name = one_line(self.cleaned_data["display_name"])
        if not name:
            raise ValidationError("Écrivez le nom de la personne.")
        return name

    def clean_seen(self) -> dict[str, Any]:
        try:
            return dict(signing.loads(self.cleaned_data["seen"], salt=SEEN))
        except signing.BadSignature:
            return {}

    def values(self) -> dict[str, Any]:
        kept = self.cleaned_data
        return {
            "display_name": kept["display_name"],
            "organisation_id": kept["organisation"].pk,
            "job_family": kept["job_family"].strip(),
            "is_manager": kept["is_manager"],
        }


class EndForm(forms.Form):
    """Until when a profile is held."""

    ends_on = _day("Jusqu’au", "Ce jour compris. Laissez vide pour un profil sans fin.", required=False)


class DelegationForm(forms.Form):
    """A profile to lend: which one, to whom, between which days."""

    membership = forms.ModelChoiceField(
        Membership.objects.none(),
        label="Quel profil",
        empty_label=None,
        error_messages={"required": "Choisissez le profil à déléguer."},
    )
    to = forms.CharField(
        label="À qui",
        max_length=254,
        help_text="Son adresse électronique, ou son nom et son organisme, séparés par une virgule.",
        error_messages={"required": "Écrivez à qui vous déléguez."},
    )
    organisation = OrganisationField(
        label="Sur un seul organisme",
        required=False,
        help_text="Seulement pour un profil qui vaut sur tout le réseau. Laissez vide pour le déléguer en entier.",
    )
    starts_on = _day("Premier jour", empty="Choisissez le premier jour.")
    ends_on = _day(
        "Dernier jour", "Ce jour compris, trois mois au plus.", empty="Choisissez le dernier jour."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = selectors.delegable_by(user)
        field: Any = self.fields["membership"]
        field.queryset = Membership.objects.filter(pk__in=[one.pk for one in own]).select_related(
            "profile", "organisation"
        )
        field.label_from_instance = _said

    def clean_to(self) -> User:
        found = selectors.people_meant(self.cleaned_data["to"])
        if len(found) == 1:
            return found[0]
        raise ValidationError(
            "Plusieurs personnes portent ce nom\u00a0: ajoutez leur organisme, ou écrivez leur adresse."
            if found
            else "Personne ne porte ce nom ou cette adresse. Vérifiez, ou écrivez l’adresse électronique."
        )


def _said(membership: Membership) -> str:
    return f"{membership.profile.name}, {membership.organisation or 'tout le réseau'}"
