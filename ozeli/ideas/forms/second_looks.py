"""The forms of a second look and of a lesson."""

from typing import Any

from django import forms
from django.http import QueryDict

from ..enums import ANSWER_MIN_LENGTH, Reason
from ..models import LookState
from ..selectors.listing import Topic, sectors
from ..services.lessons import TEXT_MAX_LENGTH, TEXT_MIN_LENGTH
from ..services.revivals import MESSAGE_MIN_LENGTH
from .desk import ANSWER_MAX_LENGTH, TextField
from .widgets import PlainSelect, PlainTextInput

NAMES = ("motif", "domaine", "mots")


class AskForm(forms.Form):
    words = TextField(
        label="Ce qui mérite d’être relu",
        min_length=MESSAGE_MIN_LENGTH,
        error_messages={
            "required": f"Dites ce qui mérite d’être relu, en {MESSAGE_MIN_LENGTH} caractères au moins."
        },
    )


class LookForm(forms.Form):
    hints = {
        LookState.MAINTAINED: f"Une réponse écrite d’au moins {ANSWER_MIN_LENGTH} caractères",
        LookState.REOPENED: "Un nouveau tour commence, avec de nouveaux votes",
    }

    outcome = forms.ChoiceField(
        label="Votre décision",
        choices=[
            (LookState.MAINTAINED, "Maintenir la réponse"),
            (LookState.REOPENED, "Rouvrir l’idée"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez\u00a0: maintenir la réponse, ou rouvrir l’idée."},
    )
    answer = TextField(
        label="Votre réponse à l’auteur",
        max_length=ANSWER_MAX_LENGTH,
        error_messages={"required": "Écrivez votre réponse\u00a0: l’auteur la lira, et le réseau avec lui."},
    )


class LessonForm(forms.Form):
    """A lesson of a reason; with `of_idea`, of the answer given to one idea, whose reason it takes."""

    reason = forms.ChoiceField(
        label="Motif",
        choices=[("", "Choisissez un motif"), *Reason.choices],
        widget=PlainSelect,
        error_messages={"required": "Choisissez le motif dont on tire cette leçon."},
    )
    domain = forms.ChoiceField(label="Domaine", required=False, widget=PlainSelect)
    text = TextField(
        label="Ce que nous avons appris",
        max_length=TEXT_MAX_LENGTH,
        min_length=TEXT_MIN_LENGTH,
        error_messages={"required": "Écrivez la leçon en une ou deux phrases."},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, is_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if is_fixed:
            del self.fields["reason"], self.fields["domain"]
            return
        self.fields["domain"].choices = [  # type: ignore[attr-defined]
            ("", "Tous les domaines"),
            *((sector.code, sector.name) for sector in sectors()),
        ]

    @property
    def domain_id(self) -> int | None:
        codes = {sector.code: sector.id for sector in sectors()}
        return codes.get(self.cleaned_data.get("domain") or "")


class LessonFilterForm(forms.Form):
    """What the lessons are narrowed to. What cannot be understood is left out."""

    mots = forms.CharField(label="Mots", required=False, max_length=120, widget=PlainTextInput)
    motif = forms.ChoiceField(
        label="Motif", required=False, choices=[("", "Tous"), *Reason.choices], widget=PlainSelect
    )
    domaine = forms.ChoiceField(label="Domaine", required=False, widget=PlainSelect)

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.fields["domaine"].choices = [  # type: ignore[attr-defined]
            ("", "Tous"),
            *((sector.code, sector.name) for sector in sectors()),
        ]
        self.is_valid()

    @property
    def topic(self) -> Topic | None:
        chosen = self.cleaned_data.get("domaine")
        return next((sector for sector in sectors() if sector.code == chosen), None)

    def asked(self) -> tuple[str, tuple[int, ...], str]:
        """Reason, ids of domains, words."""
        kept = self.cleaned_data
        return kept.get("motif") or "", self.topic.ids if self.topic else (), kept.get("mots") or ""

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept = self.cleaned_data
        said = [
            (f"«\u202f{kept['mots']}\u202f»" if kept.get("mots") else "", "mots"),
            (str(Reason(kept["motif"]).label) if kept.get("motif") else "", "motif"),
            (self.topic.name if self.topic else "", "domaine"),
        ]
        return [(words, name) for words, name in said if words]
