"""The calendar of a challenge, as it is typed."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms

from ozeli.core import clock
from ozeli.core.french import NARROW

from ..calendar import Planned, faults
from ..days import end_of, first_day, hour_of, last_day, start_of
from ..enums import ENDLESS_PHASES, PhaseKind
from ..models import Challenge
from .fields import StepForm

PHASE_HINTS = {
    PhaseKind.ANNOUNCE: "On fait connaître la question\u202f; rien ne s’y dépose encore.",
    PhaseKind.DEPOSIT: "Chacun dépose ses idées\u202f; on ne vote pas encore.",
    PhaseKind.OPEN: "On dépose et on vote en même temps. Sans dernier jour\u00a0: une boîte permanente.",
    PhaseKind.DEBATE: "On lit, on commente, on vote\u202f; les dépôts sont clos.",
    PhaseKind.STUDY: "L’équipe étudie les idées et prépare les réponses\u202f; les votes sont clos.",
    PhaseKind.RESULTS: "Les résultats se lisent, chaque auteur a sa réponse.",
}


def day_input(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Écrivez une date, comme 15/12/2026."},
        **kwargs,
    )


def hour_input(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Écrivez une heure, comme 14:30."},
    )


class CalendarForm(StepForm):
    """The phases: first and last day of each, with hours for those that want them. Days and hours of Paris."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in PhaseKind:
            for name, label in (("first", "Premier jour"), ("last", "Dernier jour")):
                self.fields[f"{kind}_{name}"] = day_input(label)
                self.fields[f"{kind}_{name}_hour"] = hour_input("Ouvre à" if name == "first" else "Ferme à")

    @classmethod
    def initial_of(cls, challenge: Challenge) -> dict[str, Any]:
        found: dict[str, Any] = {"version": challenge.version}
        for phase in challenge.phases.all():
            end_hour = hour_of(phase.closes_at)
            found |= {
                f"{phase.kind}_first": first_day(phase),
                f"{phase.kind}_first_hour": hour_of(phase.opens_at),
                f"{phase.kind}_last": last_day(phase),
                f"{phase.kind}_last_hour": end_hour,
            }
        return found

    def lines(self) -> list[dict[str, Any]]:
        """What the page draws: each phase with its hint, its fields and what is wrong with it."""
        return [
            {
                "kind": kind,
                "label": kind.label,
                "hint": PHASE_HINTS[kind],
                "fields": [self[f"{kind}_{name}"] for name in ("first", "first_hour", "last", "last_hour")],
                "is_endless": kind in ENDLESS_PHASES,
                "is_wrong": any(f"{kind}_{name}" in self.errors for name in ("first", "last")),
            }
            for kind in PhaseKind
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for kind in PhaseKind:
            others = [given.get(f"{kind}_{name}") for name in ("last", "first_hour", "last_hour")]
            if given.get(f"{kind}_first") is None and any(others) and f"{kind}_first" not in self.errors:
                name = f"«{NARROW}{kind.label}{NARROW}»"
                self.add_error(f"{kind}_first", f"Donnez le premier jour de {name}, ou videz toute la ligne.")
        if not self.errors:
            for fault in faults(self.planned(), today=clock.today()):
                self.add_error(f"{fault.kind}_first" if fault.kind else None, fault.message)
        return given

    def planned(self) -> list[Planned]:
        """The phases that are filled, in order."""
        given: Mapping[str, Any] = self.cleaned_data
        found = []
        for kind in PhaseKind:
            first: date | None = given.get(f"{kind}_first")
            last: date | None = given.get(f"{kind}_last")
            hours: list[time | None] = [given.get(f"{kind}_{name}_hour") for name in ("first", "last")]
            if first is not None:
                found.append(
                    Planned(kind, start_of(first, hours[0]), end_of(last, hours[1]) if last else None)
                )
        return sorted(found, key=lambda one: one.opens_at)
