"""Fields that several forms of the challenges share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ozeli.accounts.models import User
from ozeli.accounts.selectors import people_meant
from ozeli.core.french import NBSP, number
from ozeli.engagement.services import clean_text
from ozeli.network.models import Domain, Organisation
from ozeli.network.selectors import organisation_named


class TextField(forms.CharField):
    """A text of several lines. Too long, it is refused whole: the browser cuts nothing away."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 5_000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        if self.max_length is not None and len(value) > self.max_length:
            raise ValidationError(
                f"Ce texte compte {number(len(value))} caractères, la limite est de {number(self.max_length)}."
                f" Raccourcissez-le{NBSP}: rien n’est perdu."
            )


class LineField(TextField):
    """A text of one line."""

    widget = forms.TextInput  # type: ignore[assignment]

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class PersonField(forms.CharField):
    """A person named by typing, with suggestions; cleans to a User or None."""

    def clean(self, value: Any) -> User | None:  # type: ignore[override]
        text = super().clean(value).replace("\0", "")
        if not text:
            return None
        found = people_meant(text)
        if not found:
            raise ValidationError(
                "Personne ne porte ce nom dans le réseau. Essayez son adresse électronique."
            )
        if len(found) > 1:
            raise ValidationError(
                "Plusieurs personnes portent ce nom. Ajoutez l’organisme, ou écrivez l’adresse."
            )
        return found[0]


class BodiesField(forms.CharField):
    """Bodies, one a line; cleans to a list, in order, without double."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[Organisation]:  # type: ignore[override]
        lines = [line.strip() for line in super().clean(value).replace("\0", "").splitlines()]
        found: dict[int, Organisation] = {}
        unknown = []
        for line in filter(None, lines):
            body = organisation_named(line)
            if body is None:
                unknown.append(f"«\u202f{line}\u202f»")
            else:
                found[body.pk] = body
        if unknown:
            raise ValidationError(
                f"Aucun organisme ouvert ne porte ce nom{NBSP}: {', '.join(unknown)}. Écrivez le nom entier."
            )
        return list(found.values())


class DomainField(forms.ChoiceField):
    """A domain of either level, by its code; cleans to its key or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=domains, required=False, **kwargs)

    def clean(self, value: Any) -> int | None:
        code = super().clean(value)
        return Domain.objects.filter(code=code).values_list("pk", flat=True).first() if code else None


def domains() -> list[tuple[str, Any]]:
    """Sectors as groups, each led by itself."""
    rows = list(Domain.objects.filter(is_active=True))
    choices: list[tuple[str, Any]] = [("", "Tous les domaines")]
    for sector in (one for one in rows if one.parent_id is None):
        children = [(one.code, one.name) for one in rows if one.parent_id == sector.pk]
        choices.append((sector.name, [(sector.code, f"{sector.name}, en général"), *children]))
    return choices


class StepForm(forms.Form):
    """A step, filled from the draft as it stood at `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> int:
        return int(self.cleaned_data.get("version") or 0)
