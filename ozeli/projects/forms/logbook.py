"""A post of the logbook."""

from typing import Any

from django import forms

from ozeli.challenges.forms.fields import TextField

from ..enums import EntryTone
from ..models import LogEntry
from ..services.logbook import BODY_MAX_LENGTH


class PostForm(forms.Form):
    """What is lived now. `version` is that of the post being corrected."""

    tone = forms.ChoiceField(
        label="De quoi s’agit-il\u202f?",
        choices=EntryTone.choices,
        widget=forms.RadioSelect,
        initial=EntryTone.NEWS,
        error_messages={
            "required": "Dites de quoi il s’agit.",
            "invalid_choice": "Choisissez dans la liste de quoi il s’agit.",
        },
    )
    body = TextField(
        label="Votre billet",
        max_length=BODY_MAX_LENGTH,
        help_text="Quelques lignes sur ce qui se vit en ce moment, le bon comme le moins bon. Sans nom d’usager.",
        error_messages={"required": "Écrivez votre billet\u00a0: une phrase suffit."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def said_tone(self) -> EntryTone:
        return EntryTone(self.cleaned_data["tone"])

    @classmethod
    def initial_of(cls, entry: LogEntry) -> dict[str, Any]:
        return {"tone": entry.tone, "body": entry.body, "version": entry.version}


class LogFilterForm(forms.Form):
    """What the logbook is narrowed to. What cannot be understood is left out."""

    ton = forms.ChoiceField(
        label="De quoi", required=False, choices=[("", "Tous les billets"), *EntryTone.choices]
    )

    def wanted(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("ton") or "")
