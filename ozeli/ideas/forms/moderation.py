"""What people report, and what moderators decide."""

from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.engagement.enums import CaseState, ReportReason
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..models import KIND
from ..selectors.moderation import Wanted
from ..services.moderation import COMMENT
from .desk import TextField
from .passages import Watched
from .widgets import PlainSelect, PlainTextarea, PlainTextInput

ACTS = [
    (CaseState.HIDDEN, "Masquer"),
    (CaseState.WARNED, "Avertir l’auteur"),
    (CaseState.DISMISSED, "Classer sans suite"),
]
ACT_HINTS = {
    CaseState.HIDDEN: "Plus personne ne le lit, sauf son auteur et le bureau",
    CaseState.WARNED: "Le texte reste affiché",
    CaseState.DISMISSED: "Rien à reprocher à ce texte",
}
# Words of the address: « ?etat=masques ».
STATE_WORDS = {
    "": CaseState.OPEN.value,
    "masques": CaseState.HIDDEN.value,
    "avertis": CaseState.WARNED.value,
    "classes": CaseState.DISMISSED.value,
    "retablis": CaseState.RESTORED.value,
    "tous": "",
}
KIND_WORDS = {"": "", "idees": KIND, "commentaires": COMMENT}
NAMES = ("etat", "objet", "motif", "organisme")


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label="Qu’est-ce qui pose problème\u202f?",
        choices=ReportReason.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choisissez la raison de votre signalement."
        ),
    )
    words = TextField(label="Précisions pour le modérateur", required=False, max_length=1_000)


class DecisionForm(forms.Form):
    """A decision on an open case, read at `version`."""

    act_hints = ACT_HINTS

    act = forms.ChoiceField(
        label="Votre décision",
        choices=ACTS,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez une décision."),
    )
    message = TextField(label="Message à l’auteur", required=False)
    reason = TextField(
        label="Raison de la décision",
        error_messages={"required": "Écrivez la raison en une phrase\u00a0: elle reste au dossier."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class RestoreForm(forms.Form):
    """Show again what is hidden."""

    message = TextField(label="Message à l’auteur", required=False)
    reason = TextField(
        label="Pourquoi le rétablir\u202f?",
        error_messages={"required": "Écrivez la raison en une phrase\u00a0: elle reste au dossier."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class OwnCommentForm(Watched, forms.Form):
    """A comment being corrected. The service judges the text."""

    body = forms.CharField(
        label="Votre commentaire",
        widget=PlainTextarea,
        error_messages={"required": "Écrivez votre commentaire, ou retirez-le."},
        strip=False,
    )


class CaseFilterForm(forms.Form):
    """The filters of the desk of moderation; what cannot be understood is left out."""

    suggest_url = SUGGEST_URL

    etat = forms.ChoiceField(
        label="Où en est le dossier",
        required=False,
        widget=PlainSelect,
        choices=[
            ("", "À traiter"),
            ("masques", "Masqués"),
            ("avertis", "Auteur averti"),
            ("classes", "Classés sans suite"),
            ("retablis", "Rétablis"),
            ("tous", "Tous"),
        ],
    )
    objet = forms.ChoiceField(
        label="Ce qui est signalé",
        required=False,
        widget=PlainSelect,
        choices=[("", "Tout"), ("idees", "Idées"), ("commentaires", "Commentaires")],
    )
    motif = forms.ChoiceField(
        label="Raison", required=False, widget=PlainSelect, choices=[("", "Toutes"), *ReportReason.choices]
    )
    organisme = OrganisationField(required=False, widget=PlainTextInput)

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.is_valid()

    def wanted(self) -> Wanted:
        kept: dict[str, Any] = self.cleaned_data
        return Wanted(
            state=STATE_WORDS[kept.get("etat") or ""],
            kind=KIND_WORDS[kept.get("objet") or ""],
            reason=kept.get("motif") or "",
            organisation=kept.get("organisme"),
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in NAMES)
