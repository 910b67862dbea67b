"""Forms on the bodies of the network, and the typed field that names one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from ozeli.core.french import list_of, quoted

from . import selectors
from .enums import Region
from .models import Branch, Organisation
from .selectors import DirectoryFilter

SUGGEST_URL = reverse_lazy("network:suggestions")


class OrganisationField(forms.CharField):
    """A body named by typing, with suggestions: never a list of 300 options. Cleans to an Organisation or None."""

    default_error_messages = {
        "unknown": "Aucun organisme ouvert ne porte ce nom. Essayez un mot de son nom, ou sa ville.",
        "several": "Plusieurs organismes répondent à ce nom\u00a0: %(names)s. Écrivez le nom entier.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=160, **({"label": "Organisme"} | kwargs))
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> Organisation | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        if (organisation := selectors.organisation_named(text)) is not None:
            return organisation
        if begun := selectors.suggestions(text)[:4]:
            names = list_of([quoted(one.name) for one in begun])
            raise ValidationError(self.error_messages["several"], "several", {"names": names})
        raise ValidationError(self.error_messages["unknown"], "unknown")


class DirectoryForm(forms.Form):
    """The filters of the directory. What cannot be understood is left out."""

    q = forms.CharField(label="Nom, ville ou sigle", required=False, max_length=160)
    branche = forms.ModelChoiceField(
        Branch.objects.all(), label="Branche", required=False, to_field_name="code", empty_label="Toutes"
    )
    region = forms.ChoiceField(label="Région", required=False, choices=[("", "Toutes"), *Region.choices])

    def wanted(self) -> DirectoryFilter:
        self.is_valid()
        kept = self.cleaned_data
        return DirectoryFilter(kept.get("q") or "", kept.get("branche"), kept.get("region") or "")
