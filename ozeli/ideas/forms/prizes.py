"""A prize of a challenge, given to an idea."""

from typing import Any
from uuid import UUID

from django import forms

from ozeli.challenges.models import Prize

from .widgets import PlainTextarea


class PrizeForm(forms.Form):
    """`challenge_id` says whose prizes are offered."""

    prize = forms.ModelChoiceField(
        Prize.objects.none(),
        label="Prix",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez le prix à donner."),
    )
    words = forms.CharField(
        label="Ce qui a convaincu",
        help_text="Une phrase, affichée avec le prix.",
        required=False,
        max_length=300,
        widget=PlainTextarea,
        error_messages={"max_length": "300 caractères au plus : raccourcissez un peu."},
    )

    def __init__(self, challenge_id: UUID, data: Any = None) -> None:
        super().__init__(data)
        offered: forms.ModelChoiceField = self.fields["prize"]  # type: ignore[assignment]
        offered.queryset = Prize.objects.filter(challenge=challenge_id)
