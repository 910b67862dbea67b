"""What the desk writes on the file of an idea, and what an expert writes to the desk."""

from typing import Any

from django import forms

from ozeli.accounts.models import User

from ..services.circuit import NOTE_MIN_LENGTH
from .desk import ANSWER_MAX_LENGTH, DayField, PersonField, TextField
from .widgets import PlainSelect

LINES = 3


class ExpertsForm(forms.Form):
    """Ask several people for an opinion, each for their day."""

    message = TextField(label="Votre message aux experts", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in range(1, LINES + 1):
            rank = "" if line == 1 else f" ({line})"
            self.fields[f"expert_{line}"] = PersonField(label=f"À qui demander un avis{rank}", required=False)
            self.fields[f"due_on_{line}"] = DayField(label=f"Avis attendu le{rank}", required=False)

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"expert_{line}"], self[f"due_on_{line}"]) for line in range(1, LINES + 1)]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        asked = []
        for line in range(1, LINES + 1):
            who, due_on = data.get(f"expert_{line}"), data.get(f"due_on_{line}")
            if who and due_on:
                asked.append((who, due_on))
            elif who and f"due_on_{line}" in data:
                self.add_error(f"due_on_{line}", "Choisissez le jour où cet avis est attendu.")
            elif due_on and f"expert_{line}" in data:
                self.add_error(
                    f"expert_{line}", "Écrivez le nom de la personne dont l’avis est attendu ce jour-là."
                )
        people = [who.pk for who, _due_on in asked]
        if len(set(people)) < len(people):
            self.add_error(None, "La même personne est écrite deux fois.")
        if not asked and not self.errors:
            self.add_error("expert_1", "Écrivez le nom d’une personne au moins.")
        data["asked"] = asked
        return data


class HandlerForm(forms.Form):
    """Who answers, among `people`; `read` is the id of the one that was shown."""

    handler = forms.ChoiceField(label="Qui répond", required=False, widget=PlainSelect)
    note = TextField(label="Un mot pour cette personne", required=False)
    read = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field: Any = self.fields["handler"]
        names = ((key, f"{one.display_name}, {one.organisation.name}") for key, one in self.people.items())
        field.choices = [("", "L’équipe d’animation"), *names]
        field.error_messages["invalid_choice"] = "Cette personne n’anime pas les idées de cet organisme."

    @property
    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["handler"])

    @property
    def was(self) -> int | None:
        read = self.cleaned_data["read"]
        return int(read) if read.isascii() and read.isdigit() and len(read) < 12 else None


class NoteForm(forms.Form):
    note = TextField(label="Votre note", error_messages={"required": "Écrivez votre note."})


class DueDayForm(forms.Form):
    due_on = DayField(label="Nouvelle date", error_messages={"required": "Choisissez la nouvelle date."})


class ReassignForm(forms.Form):
    expert = PersonField(label="À qui", error_messages={"required": "Écrivez le nom de la personne."})
    due_on = DayField(label="Avis attendu le", error_messages={"required": "Choisissez le jour attendu."})


class DeclineForm(forms.Form):
    reason = TextField(
        label="Pourquoi vous ne pouvez pas répondre",
        error_messages={"required": "Dites-le en une phrase\u00a0: le bureau cherchera ailleurs."},
    )

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        if len(reason) < NOTE_MIN_LENGTH:
            raise forms.ValidationError("Dites-le en une phrase\u00a0: le bureau cherchera ailleurs.")
        return reason


class OpinionForm(forms.Form):
    opinion = TextField(
        label="Votre avis",
        max_length=ANSWER_MAX_LENGTH,
        error_messages={"required": "Écrivez votre avis en une phrase au moins."},
    )
