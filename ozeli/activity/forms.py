"""The paces a person chooses, and the filters of the lists."""

from collections.abc import Iterator
from datetime import datetime, time
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from ozeli.accounts.models import User
from ozeli.core.registry import Pace, event_types

from . import paces
from .models import OutgoingMail
from .paces import DIGEST, Topic

DIGESTS = "digest"


# What is said of a line that may be slowed, never stopped: one waits for the person.
ALWAYS_TOLD = "au moins chaque jour"


def _field_name(topic: Topic) -> str:
    return topic.code.replace(".", "-")


class PacesForm(forms.Form):
    """A line for each topic, and whether the digest is wanted at all."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = paces.topics(user)
        choices = paces.chosen([user.pk], [DIGEST, *(topic.code for topic in self.topics)])
        for topic in self.topics:
            self.fields[_field_name(topic)] = forms.ChoiceField(
                label=f"{topic.title} ({ALWAYS_TOLD})" if topic.asks_action else topic.title,
                choices=[(pace.value, pace.label) for pace in topic.allowed],
                initial=paces.pace_of(user.pk, topic.code, choices).value,
                help_text="On attend votre réponse : au moins une fois par jour."
                if topic.asks_action
                else "",
                error_messages={"invalid_choice": "Choisissez l’un des rythmes proposés."},
            )
        self.fields["digest"] = forms.BooleanField(
            label="Recevoir le résumé",
            help_text="Décochez pour ne plus recevoir aucun résumé, ni chaque jour ni chaque semaine.",
            required=False,
            initial=not paces.refuses_digest(user.pk, choices),
        )

    def families(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The lines under their headings, each heading once."""
        for family, topics in groupby(sorted(self.topics, key=self._place), key=lambda one: one.family):
            yield family, [self[_field_name(topic)] for topic in topics]

    def _place(self, topic: Topic) -> int:
        return [one.family for one in self.topics].index(topic.family)

    def chosen(self) -> dict[str, Pace]:
        wanted = {topic.code: Pace(self.cleaned_data[_field_name(topic)]) for topic in self.topics}
        return wanted | {DIGEST: Pace.DAILY if self.cleaned_data["digest"] else Pace.NEVER}


Choice = tuple[str, str | list[tuple[str, str]]]


def types_of_events(*, digests: bool = False) -> list[Choice]:
    """The kinds of events that have a pace, under the headings of the preferences."""
    families: dict[str, list[tuple[str, str]]] = {}
    for one in event_types:
        if family := one.family or one.own_family:
            families.setdefault(family, []).append((one.code, one.title))
    return [
        ("", "Toutes" if digests else "Tout"),
        *([(DIGESTS, "Résumé")] if digests else []),
        *families.items(),
    ]


class NotificationsForm(forms.Form):
    """What the notifications are narrowed to."""

    sorte = forms.ChoiceField(label="Sur quoi", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sorte"].choices = types_of_events()  # type: ignore[attr-defined]

    def wanted(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("sorte") or "")


class OutboxForm(forms.Form):
    """The filters of the outbox. What cannot be understood is left out."""

    personne = forms.CharField(label="Personne", required=False, max_length=120, help_text="Nom ou adresse.")
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), *OutgoingMail.Status.choices]
    )
    sorte = forms.ChoiceField(label="Sorte", required=False)
    du = forms.DateField(label="Du", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    au = forms.DateField(label="Au", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sorte"].choices = types_of_events(digests=True)  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        found = {name: self.cleaned_data.get(name) for name in self.fields}
        for name, moment in (("du", time.min), ("au", time.max)):
            if (day := found[name]) is not None:
                found[name] = timezone.make_aware(datetime.combine(day, moment))
        return found
