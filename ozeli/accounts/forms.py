"""Sign-in and passwords in our words, and the forms of the administration."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms

from ozeli.core.registry import journal_verbs
from ozeli.network.forms import OrganisationField

from .models import Profile
from .selectors import PeopleFilter

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


class PeopleForm(forms.Form):
    """The filters of the list of people. What cannot be understood is left out."""

    nom = forms.CharField(label="Nom", required=False, max_length=120)
    organisme = OrganisationField(label="Organisme", required=False)
    profil = forms.ModelChoiceField(
        Profile.objects.all(), label="Profil", required=False, to_field_name="code", empty_label="Tous"
    )

    def wanted(self) -> PeopleFilter:
        self.is_valid()
        kept = self.cleaned_data
        return PeopleFilter(kept.get("nom") or "", kept.get("organisme"), kept.get("profil"))


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
        acts.choices = [("", "Tous"), *journal_verbs.all().items()]  # type: ignore[attr-defined]
        objects.choices = [("", "Tout"), *kinds]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
