"""What a référent writes at the desk. Everything typed stays when something is refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import number
from ozeli.engagement.services import clean_text

from ..blanks import unfilled
from ..enums import ANSWER_MIN_LENGTH, Reason, Verdict
from ..models import Novelty
from ..selectors.desk import people_meant
from ..services.circuit import NOTE_MIN_LENGTH
from ..services.revivals import MESSAGE_MIN_LENGTH
from ..starters import TO_FILL
from ..wording import COMPLETION_FIELDS
from .widgets import PlainSelect, PlainTextarea, PlainTextInput

NOTE_MAX_LENGTH = 2_000
ANSWER_MAX_LENGTH = 6_000
POSTPONE = "postpone"
DECISIONS = [
    (Verdict.RETAINED, Verdict.RETAINED.label),
    (POSTPONE, "Garder à l’étude"),
    (Verdict.NOT_RETAINED, Verdict.NOT_RETAINED.label),
]
DECISION_HINTS = {
    Verdict.RETAINED: "Un essai peut être lancé",
    POSTPONE: "Nouvelle date promise",
    Verdict.NOT_RETAINED: "Motif et réponse écrite exigés",
}
MOVES = [("open_debate", "Ouvrir le débat"), ("ask_completion", "Demander un complément")]
MOVE_HINTS = {
    "open_debate": "Le texte suffit pour en parler",
    "ask_completion": "Une question à son auteur",
}


class TextField(forms.CharField):
    """A text of several lines. Too long, it is refused whole: the browser cuts nothing away."""

    widget = PlainTextarea

    def __init__(self, *, max_length: int = NOTE_MAX_LENGTH, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        if self.max_length is not None and len(value) > self.max_length:
            raise ValidationError(
                f"Ce texte compte {number(len(value))} caractères, la limite est de {number(self.max_length)}."
                " Raccourcissez-le\u00a0: rien n’est perdu."
            )


class DayField(forms.DateField):
    """A day to come."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": "Écrivez une date, comme 15/12/2026."}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value <= clock.today():
            raise ValidationError("Choisissez une date à venir.")


class PersonField(forms.CharField):
    """A person named by typing, with suggestions; cleans to a User or None."""

    widget = PlainTextInput

    def clean(self, value: Any) -> User | None:  # type: ignore[override]
        text = super().clean(value)
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


class DeskForm(forms.Form):
    """A step on an idea, read at `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class QualifyForm(DeskForm):
    move_hints = MOVE_HINTS

    move = forms.ChoiceField(
        label="Ce dépôt est-il prêt pour le débat\u202f?",
        choices=MOVES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez\u00a0: ouvrir le débat, ou demander un complément."},
    )
    note = TextField(label="Votre mot à l’auteur", required=False)

    ask_problem = TextField(label=f"Sur «\u202f{COMPLETION_FIELDS['problem']}\u202f»", required=False)
    ask_beneficiaries = TextField(
        label=f"Sur «\u202f{COMPLETION_FIELDS['beneficiaries']}\u202f»", required=False
    )
    ask_proposal = TextField(label=f"Sur «\u202f{COMPLETION_FIELDS['proposal']}\u202f»", required=False)
    ask_benefit = TextField(label=f"Sur «\u202f{COMPLETION_FIELDS['benefit']}\u202f»", required=False)
    due_on = DayField(label="Réponse souhaitée le", required=False)

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """The questions on one field each."""
        return [self[f"ask_{name}"] for name in COMPLETION_FIELDS]

    @property
    def is_precise(self) -> bool:
        """Whether something is already said of a field or of a date: what holds them opens."""
        return any(bound.value() or bound.errors for bound in [*self.asked_fields, self["due_on"]])

    def questions(self) -> dict[str, str]:
        """Field (or `general`) → question, of a valid form."""
        asked = {name: self.cleaned_data[f"ask_{name}"] for name in COMPLETION_FIELDS}
        return {name: text for name, text in ({"general": self.cleaned_data["note"]} | asked).items() if text}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("move") != "ask_completion":
            return data
        longest = max(
            len(data.get(name, "")) for name in ["note", *(f"ask_{one}" for one in COMPLETION_FIELDS)]
        )
        if longest < NOTE_MIN_LENGTH:
            self.add_error(
                "note", "Posez votre question en une phrase\u00a0: son auteur la lira, et tout le réseau."
            )
        elif not self.errors:
            data["questions"] = self.questions()
        return data


class ResumeForm(DeskForm):
    """Go on without the complement that was asked."""

    note = TextField(
        label="Pourquoi ne plus attendre",
        error_messages={"required": "Dites en une phrase pourquoi vous reprenez sans attendre."},
    )

    def clean_note(self) -> str:
        note = str(self.cleaned_data["note"])
        if len(note) < NOTE_MIN_LENGTH:
            raise ValidationError("Dites en une phrase pourquoi vous reprenez sans attendre.")
        return note


class ExpertForm(DeskForm):
    """Ask for an opinion."""

    expert = PersonField(
        label="À qui demander un avis", error_messages={"required": "Écrivez le nom de la personne."}
    )
    due_on = DayField(label="Avis attendu le", required=False)
    message = TextField(label="Votre message à l’expert", required=False)


class StudyForm(ExpertForm):
    """Take to study, with or without an expert."""

    note = TextField(label="Votre mot au réseau", required=False)
    field_order = ("note", "expert", "due_on", "message")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].required = False

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("due_on") and "expert" in data and data["expert"] is None:
            self.add_error("expert", "Écrivez le nom de la personne dont l’avis est attendu ce jour-là.")
        elif data.get("message") and "expert" in data and data["expert"] is None:
            self.add_error("expert", "Écrivez le nom de la personne à qui va ce message.")
        return data


class AnswerForm(DeskForm):
    """The answer: retained, kept at study, or not retained. `decision_version`: the prepared decision that was read."""

    decision_hints = DECISION_HINTS

    decision = forms.ChoiceField(
        label="Décision",
        choices=DECISIONS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une décision."},
    )
    until = DayField(label="Nouvelle date promise", required=False)
    reason = forms.ChoiceField(
        label="Motif", choices=[("", "Choisir un motif"), *Reason.choices], required=False, widget=PlainSelect
    )
    # Its choices are those of the person and of the idea (`offer`); it says nothing once its text is inserted.
    starter = forms.CharField(label="Partir d’une réponse type", required=False, widget=PlainSelect)
    answer = TextField(
        label="Ce que lira la personne, et tout le réseau",
        max_length=ANSWER_MAX_LENGTH,
        required=False,
    )
    decision_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def offer(self, starters: list[tuple[str, Any]]) -> None:
        """The texts to start from, grouped."""
        self.fields["starter"].widget.choices = [("", "Choisir un texte"), *starters]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        decision = data.get("decision")
        if decision == POSTPONE and not data.get("until") and "until" in data:
            self.add_error("until", "Choisissez la nouvelle date que vous promettez.")
        if decision == Verdict.NOT_RETAINED and not data.get("reason"):
            self.add_error("reason", "Choisissez le motif\u00a0: une idée non retenue en reçoit toujours un.")
        if "answer" in data and (wrong := _answer_error(decision, data["answer"])):
            self.add_error("answer", wrong)
        return data


def _answer_error(decision: str | None, answer: str) -> str:
    """What is missing in the answer, or nothing."""
    length = len(" ".join(answer.split()))
    if decision == Verdict.NOT_RETAINED and length < ANSWER_MIN_LENGTH:
        return (
            f"Votre réponse compte {length} caractères\u00a0: il en faut {ANSWER_MIN_LENGTH} au moins"
            " pour expliquer un refus."
        )
    if length < NOTE_MIN_LENGTH:
        return "Écrivez la réponse que la personne lira."
    if TO_FILL in answer:
        return "Il reste un passage du modèle à compléter, entre crochets."
    if left := unfilled(answer):
        return f"Il reste {', '.join(left)} dans votre réponse\u00a0: remplacez ce champ par des mots."
    return ""


class PublishForm(forms.Form):
    """The version of the prepared decision that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class RevivalForm(forms.Form):
    novelty = forms.ChoiceField(
        label="Qu’y a-t-il de nouveau\u202f?",
        choices=Novelty.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez ce qui est nouveau\u00a0: sans nouveauté, la réponse resterait la même."
        },
    )
    message = TextField(
        label="Ce qui a changé depuis la réponse",
        error_messages={"required": f"Dites ce qui a changé, en {MESSAGE_MIN_LENGTH} caractères au moins."},
    )

    def clean_message(self) -> str:
        message = str(self.cleaned_data["message"])
        if len(message) < MESSAGE_MIN_LENGTH:
            raise ValidationError(
                f"Votre texte compte {len(message)} caractères\u00a0: il en faut {MESSAGE_MIN_LENGTH} au moins."
            )
        return message


class RevivalAnswerForm(forms.Form):
    hints = {"1": "Un nouveau tour, de nouveaux votes", "0": "Une phrase d’explication"}

    accepted = forms.ChoiceField(
        label="Votre décision",
        choices=[("1", "Relancer l’idée"), ("0", "Décliner la demande")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez\u00a0: relancer, ou décliner."},
    )
    answer = TextField(label="Votre réponse", required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("accepted") == "0" and len(data.get("answer", "")) < NOTE_MIN_LENGTH:
            self.add_error("answer", "Expliquez votre refus en une phrase\u00a0: la personne la lira.")
        return data
