"""Days, as several forms of projects ask for them."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ozeli.core import clock

NOT_A_DAY = "Écrivez une date, comme 15/12/2026."


class DayField(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": NOT_A_DAY} | kwargs.pop("error_messages", {})
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages=messages,
            **kwargs,
        )


class PastDayField(DayField):
    """Today, or a day that has passed: what is told has happened."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and value > clock.today():
            raise ValidationError("Cette date est à venir. Écrivez aujourd’hui, ou un jour passé.")
