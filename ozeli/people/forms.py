"""Forms of the directory, of one's page and of one's data."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password

from ozeli.accounts.models import User
from ozeli.ideas.forms.desk import DayField, PersonField, TextField
from ozeli.network.enums import Region
from ozeli.network.forms import OrganisationField
from ozeli.network.models import Branch

from .enums import GIVEN_ROLES, Pace, Role
from .selectors.directory import Wanted

ABOUT_MAX_LENGTH = 600
LETTER_MAX_LENGTH = 2_000


class DirectoryForm(forms.Form):
    """The filters of the directory. What cannot be understood is left out."""

    q = forms.CharField(label="Nom", required=False, max_length=120)
    role = forms.ChoiceField(label="Rôle", required=False, choices=[("", "Tous"), *Role.choices])
    branche = forms.ModelChoiceField(
        Branch.objects.all(), label="Branche", required=False, to_field_name="code", empty_label="Toutes"
    )
    region = forms.ChoiceField(label="Région", required=False, choices=[("", "Toutes"), *Region.choices])
    organisme = OrganisationField(label="Organisme", required=False)

    def wanted(self) -> Wanted:
        self.is_valid()
        kept = self.cleaned_data
        return Wanted(
            (kept.get("q") or "").replace("\0", ""),
            kept.get("role") or "",
            kept.get("branche"),
            kept.get("region") or "",
            kept.get("organisme"),
        )


class RoleForm(forms.Form):
    """A role to give. An empty body means the whole network."""

    person = PersonField(label="À qui", error_messages={"required": "Nommez la personne."})
    role = forms.ChoiceField(
        label="Rôle",
        choices=[("", "Choisissez un rôle"), *((role.value, role.label) for role in GIVEN_ROLES)],
        error_messages={"required": "Choisissez le rôle à donner."},
    )
    organisation = OrganisationField(
        label="Sur quel organisme", required=False, help_text="Laissez vide pour tout le réseau."
    )
    ends_on = DayField(
        label="Jusqu’au", required=False, help_text="Ce jour compris. Laissez vide pour un rôle sans fin."
    )


class AmbassadorForm(forms.Form):
    message = TextField(
        label="Pourquoi vous\u202f?",
        max_length=ABOUT_MAX_LENGTH,
        required=False,
        help_text="Deux lignes pour le référent de votre organisme, lui seul les lira.",
    )


class PageForm(forms.Form):
    """What a person shows of themselves. Nothing is shown until the page is open."""

    is_open = forms.BooleanField(
        label="Ouvrir ma page",
        required=False,
        help_text="Toute personne connectée pourra la lire et la trouver par la recherche.",
    )
    about = TextField(
        label="Quelques lignes sur vous",
        max_length=ABOUT_MAX_LENGTH,
        required=False,
        help_text="Ce sur quoi on peut vous solliciter.",
    )
    shows_job = forms.BooleanField(label="Montrer ma famille de métiers", required=False)
    shows_roles = forms.BooleanField(label="Montrer mes rôles dans l’annuaire", required=False)
    shows_ideas = forms.BooleanField(
        label="Montrer les idées que j’ai signées",
        required=False,
        help_text="Chacun n’y voit que celles qu’il peut lire. Les idées anonymes n’y sont jamais.",
    )
    takes_mail = forms.BooleanField(
        label="On peut m’écrire depuis le portail",
        required=False,
        help_text="Votre adresse n’est pas montrée. Celle de la personne qui vous écrit vous est donnée.",
    )


class LetterForm(forms.Form):
    words = TextField(
        label="Votre message",
        max_length=LETTER_MAX_LENGTH,
        error_messages={"required": "Écrivez votre message avant de l’envoyer."},
    )


class ConfirmErasureForm(forms.Form):
    """The password again; those who have none (single sign-on) write a word."""

    WORD = "EFFACER"
    password = forms.CharField(
        label="Votre mot de passe", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            self.fields["password"] = forms.CharField(
                label=f"Écrivez {self.WORD} pour confirmer", max_length=20
            )

    def clean_password(self) -> str:
        said = self.cleaned_data["password"]
        fits = (
            check_password(said, self.user.password)
            if self.user.has_usable_password()
            else said.strip() == self.WORD
        )
        if not fits:
            raise forms.ValidationError(
                "Ce mot de passe n’est pas le bon."
                if self.user.has_usable_password()
                else f"Écrivez {self.WORD}, en capitales."
            )
        return str(said)


class SaveSearchForm(forms.Form):
    name = forms.CharField(
        label="Nom de cette recherche", max_length=80, error_messages={"required": "Donnez-lui un nom."}
    )


class ChangeSearchForm(SaveSearchForm):
    pace = forms.ChoiceField(
        label="Me prévenir de ce qui est nouveau",
        choices=Pace.choices,
        required=False,
        help_text="Dans le portail et par courriel, au rythme choisi.",
    )
