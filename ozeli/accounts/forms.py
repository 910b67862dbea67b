"""Sign-in and passwords in our words, and the forms of the administration."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from ozeli.core.registry import journal_verbs
from ozeli.network.forms import OrganisationField

from .models import BodySign, InvitationState, Profile, User
from .selectors import PEOPLE_STATES, PeopleFilter
from .services.invitations import Offer

PASSWORD_HINT = (
    "Dix caractères au moins, et pas un mot de passe courant. Une phrase se retient mieux qu’un code."
)


class _Plain:
    """No placeholder: the label says it, and stays when one types."""

    fields: dict[str, forms.Field]

    def _reword(self, **labels: str) -> None:
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = ""


class SignInForm(_Plain, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reword(login="Adresse électronique", password="Mot de passe")  # noqa: S106
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class PasswordChangeForm(_Plain, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reword(
            oldpassword="Mot de passe actuel",
            password1="Nouveau mot de passe",
            password2="Le nouveau, encore une fois",
        )
        self.fields["password1"].help_text = PASSWORD_HINT


class PasswordResetForm(_Plain, allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reword(email="Adresse électronique")


class PasswordResetKeyForm(_Plain, allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reword(password1="Nouveau mot de passe", password2="Le nouveau, encore une fois")
        self.fields["password1"].help_text = PASSWORD_HINT


class ReauthenticateForm(_Plain, allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reword(password="Mot de passe")  # noqa: S106


class InvitationFilterForm(forms.Form):
    """The filters of the list of invitations."""

    adresse = forms.CharField(label="Adresse", required=False, max_length=254)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *InvitationState.choices])


class InviteForm(forms.Form):
    """The addresses to invite, one a line, and what they are offered."""

    emails = forms.CharField(
        label="Adresses électroniques",
        max_length=20_000,
        widget=forms.Textarea(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Une par ligne, deux cents au plus.",
        error_messages={"required": "Écrivez au moins une adresse."},
    )
    organisation = OrganisationField(
        label="Leur organisme",
        error_messages={"required": "Dites à quel organisme appartiennent ces personnes."},
    )
    profile = forms.ModelChoiceField(
        Profile.objects.all(),
        label="Profil",
        empty_label="Choisissez un profil",
        error_messages={"required": "Choisissez le profil à donner."},
    )
    scope = OrganisationField(
        label="Sur quel organisme", required=False, help_text="Laissez vide pour tout le réseau."
    )
    ends_on = forms.DateField(
        label="Jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Ce jour compris. Laissez vide pour un profil sans fin.",
        error_messages={"invalid": "Écrivez une date, par exemple 31/12/2026."},
    )

    def offer(self) -> Offer:
        given = self.cleaned_data
        return Offer(given["organisation"], given["profile"], given["scope"], given["ends_on"])


class AcceptForm(forms.Form):
    """The name and the password of an account that was offered."""

    display_name = forms.CharField(
        label="Prénom et nom",
        max_length=120,
        help_text="Comme vos collègues les liront.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Écrivez votre prénom et votre nom."},
    )
    password = forms.CharField(
        label="Mot de passe",
        max_length=200,
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choisissez un mot de passe."},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password"):
            person = User(email=self.email, display_name=given.get("display_name", ""))
            try:
                validate_password(given["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class BodySignForm(forms.Form):
    """What will name a body at the next single sign-on."""

    kind = forms.ChoiceField(
        label="Ce que dit la connexion unique",
        choices=BodySign.Kind.choices,
        initial=BodySign.Kind.DOMAIN,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label="Valeur",
        max_length=190,
        help_text="Un domaine comme cpam-loire.fr, ou le code que donne le fournisseur.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Écrivez le domaine ou le code."},
    )
    organisation = OrganisationField(
        label="Désigne", error_messages={"required": "Dites quel organisme est désigné."}
    )


class PeopleForm(forms.Form):
    """The filters of the list of people. What cannot be understood is left out."""

    nom = forms.CharField(label="Nom", required=False, max_length=120)
    organisme = OrganisationField(label="Organisme", required=False)
    profil = forms.ModelChoiceField(
        Profile.objects.all(), label="Profil", required=False, to_field_name="code", empty_label="Tous"
    )
    etat = forms.ChoiceField(
        label="Situation", required=False, choices=[("", "Toutes"), *PEOPLE_STATES.items()]
    )

    def wanted(self) -> PeopleFilter:
        self.is_valid()
        kept = self.cleaned_data
        return PeopleFilter(
            kept.get("nom") or "", kept.get("organisme"), kept.get("profil"), kept.get("etat") or ""
        )


class MembershipForm(forms.Form):
    """A profile to give. An empty body means the whole network."""

    profile = forms.ModelChoiceField(
        Profile.objects.all(),
        label="Profil",
        empty_label="Choisissez un profil",
        error_messages={"required": "Choisissez le profil à donner."},
    )
    organisation = OrganisationField(
        label="Sur quel organisme",
        required=False,
        help_text="Laissez vide pour tout le réseau.",
    )
    ends_on = forms.DateField(
        label="Jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Ce jour compris. Laissez vide pour un profil sans fin.",
        error_messages={"invalid": "Écrivez une date, par exemple 31/12/2026."},
    )


class JournalForm(forms.Form):
    """The filters of the journal."""

    acte = forms.ChoiceField(label="Acte", required=False)
    objet = forms.ChoiceField(label="Sur quoi", required=False)
    du = forms.DateField(label="Du", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    au = forms.DateField(label="Au", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts, objects = self.fields["acte"], self.fields["objet"]
        acts.choices = [("", "Tous"), *journal_verbs.by_family().items()]  # type: ignore[attr-defined]
        objects.choices = [("", "Tout"), *kinds]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
