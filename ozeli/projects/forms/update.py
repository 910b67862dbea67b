"""« Où en êtes-vous ? », and a word to whoever carries a project."""

from typing import Any

from django import forms

from ozeli.challenges.forms.fields import LineField, TextField
from ozeli.ideas.forms.widgets import PlainTextInput

from ..enums import Weather
from ..models import Project

LINE_MAX_LENGTH = 240
LETTER_MAX_LENGTH = 2_000
WEATHER_HINTS = {
    Weather.SUN: "Tout avance.",
    Weather.MIXED: "Cela avance, avec une gêne.",
    Weather.CLOUD: "Cela ralentit.",
    Weather.STORM: "Nous avons besoin d’aide.",
}


class UpdateForm(forms.Form):
    """Progress, weather, one line, the next step, what is awaited. `last` is the update that the person had read."""

    weather_hints = WEATHER_HINTS

    last = forms.IntegerField(widget=forms.HiddenInput, required=False)
    weather = forms.ChoiceField(
        label="Quel temps fait-il\u202f?",
        choices=Weather.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="Comment l’équipe vit le projet ces jours-ci.",
    )
    progress = forms.IntegerField(
        label="Avancement, en %",
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": 100, "step": 1, "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Un avancement va de 0 à 100\u00a0%%, sans décimale."
        ),
    )
    line = LineField(
        label="En une ligne",
        max_length=LINE_MAX_LENGTH,
        required=False,
        widget=PlainTextInput,
        help_text="Ce qui s’est passé depuis la dernière fois, le bon comme le moins bon.",
    )
    next_step = LineField(
        label="Le prochain pas", max_length=LINE_MAX_LENGTH, required=False, widget=PlainTextInput
    )
    needs = LineField(
        label="Ce que vous attendez",
        max_length=LINE_MAX_LENGTH,
        required=False,
        widget=PlainTextInput,
        help_text="Un renfort, un accord, un contact\u00a0: c’est affiché en tête de la fiche.",
    )

    @classmethod
    def initial_of(cls, project: Project, last: int | None) -> dict[str, Any]:
        """As things stand; the line is always new."""
        return {
            "last": last,
            "progress": project.progress,
            "weather": project.weather,
            "next_step": project.next_step,
            "needs": project.needs,
        }


class LetterForm(forms.Form):
    words = TextField(
        label="Votre message",
        max_length=LETTER_MAX_LENGTH,
        help_text="Ce que vous pouvez apporter, ou ce que vous voulez savoir.",
        error_messages={"required": "Écrivez votre message avant de l’envoyer."},
    )


class WithdrawForm(forms.Form):
    reason = TextField(
        label="Pourquoi\u202f?",
        max_length=1_000,
        help_text="Une phrase, pour l’équipe et pour le journal.",
        error_messages={"required": "Dites en une phrase pourquoi ce projet quitte les listes."},
    )
