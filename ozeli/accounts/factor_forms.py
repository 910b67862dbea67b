"""Forms of the second factor. Apart from the others: passkeys bring a library that most requests never need."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

NO_KEY = {
    "required": "Votre navigateur n’a pas donné de clé.",
    "invalid": "Votre navigateur n’a pas donné de clé.",
}
CODE_HINT = "Les six chiffres que montre votre application, ou un code de secours."


@contextmanager
def _garbled_is_refused() -> Iterator[None]:
    """What fido2 cannot even read: its errors are of every kind."""
    try:
        yield
    except forms.ValidationError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise forms.ValidationError("Cette clé n’est pas lisible. Recommencez.") from None


class CodeField(forms.CharField):
    """Six digits of an application, or a recovery code; spaces are how people copy them."""

    def __init__(self, **kwargs: Any) -> None:
        words: dict[str, Any] = {"label": "Code", "error_messages": {"required": "Recopiez le code."}}
        super().__init__(**(words | kwargs), max_length=20)
        self.widget.attrs.update({"autocomplete": "one-time-code", "inputmode": "numeric"})

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").split())


class CodeForm(AuthenticateForm):
    code = CodeField(help_text=CODE_HINT)


class ReauthenticateCodeForm(ReauthenticateForm):
    code = CodeField(help_text=CODE_HINT)


class TotpForm(ActivateTOTPForm):
    code = CodeField(label="Code de l’application", help_text="Les six chiffres qu’elle montre maintenant.")


class _NamedKey:
    fields: dict[str, forms.Field]

    def _name_in_french(self) -> None:
        name = self.fields["name"]
        name.label, name.help_text = "Nom de cette clé", "Pour la reconnaître, par exemple « Téléphone »."
        name.max_length = 60  # type: ignore[attr-defined]
        name.widget.attrs["maxlength"] = 60


class KeyForm(_NamedKey, AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name_in_french()
        self.fields["credential"].error_messages |= NO_KEY

    def clean(self) -> dict[str, Any]:
        with _garbled_is_refused():
            return super().clean()


class _UsedKey:
    """The answer of a key: whatever is not one is refused, never an error."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages |= NO_KEY

    def clean_credential(self) -> Any:
        with _garbled_is_refused():
            return super().clean_credential()  # type: ignore[misc]


class UsedKeyForm(_UsedKey, AuthenticateWebAuthnForm):
    pass


class ReauthenticateKeyForm(_UsedKey, ReauthenticateWebAuthnForm):
    pass


class KeyNameForm(_NamedKey, EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name_in_french()
