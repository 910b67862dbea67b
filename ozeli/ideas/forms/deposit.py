"""The deposit in two steps, and the author's changes afterwards."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ozeli.accounts.models import User
from ozeli.core.errors import Refused
from ozeli.core.french import NBSP, number
from ozeli.engagement.services import clean_tags, clean_text
from ozeli.network.enums import Audience
from ozeli.network.models import Domain, StrategicObjective

from ..selectors.desk import people_meant
from ..selectors.listing import offered_sectors
from ..services.coauthors import MAX_COAUTHORS
from ..services.deposits import IdeaText
from .passages import Watched
from .widgets import PlainSelect, PlainTextarea, PlainTextInput

TEXT_MAX_LENGTH = 5000
TEXT_MIN_LENGTH = 20
TITLE_MAX_LENGTH = 140
TITLE_MIN_LENGTH = 5
PROPOSED_TITLE_LENGTH = 90
NEED_FIELDS = ("problem", "beneficiaries", "proposal", "benefit", "domain")
DRAFT_FIELDS = (*NEED_FIELDS, "title", "tags", "audience", "objective", "team", "coauthors", "challenge")


class WrittenField(forms.CharField):
    """A text that a person wrote: cleaned of what does not show, never cut by the browser, its limits said in words."""

    def __init__(
        self, *, at_least: int = 0, max_length: int = TEXT_MAX_LENGTH, missing: str = "", **kwargs: Any
    ) -> None:
        super().__init__(
            error_messages={"required": missing}, widget=kwargs.pop("widget", PlainTextarea), **kwargs
        )
        self.at_least, self.max_length = at_least, max_length

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        length = len(value)
        if value and length < self.at_least:
            raise ValidationError(
                f"Ajoutez quelques mots{NBSP}: {self.at_least} caractères au moins, votre texte en compte {length}."
            )
        if self.max_length is not None and length > self.max_length:
            raise ValidationError(
                f"Votre texte compte {number(length)} caractères, la limite est de {number(self.max_length)}."
                " Raccourcissez-le un peu."
            )


class DomainField(forms.ChoiceField):
    """A domain of either level, by its code. Cleans to a Domain."""

    widget = PlainSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_domains, **kwargs)

    def clean(self, value: Any) -> Domain:
        code = super().clean(value)
        domain = Domain.objects.filter(code=code, is_active=True).first()
        if domain is None:
            raise ValidationError("Ce domaine n’existe plus. Choisissez-en un autre.")
        return domain


def _domains() -> list[tuple[str, Any]]:
    """Sectors as groups, each led by itself; a sector without sub-category stands alone."""
    choices: list[tuple[str, Any]] = [("", "Choisissez un domaine")]
    for sector in offered_sectors():
        children = [(child.code, child.name) for child in sector.children]
        whole = (sector.code, f"{sector.name}, en général")
        choices.append((sector.name, [*children, whole]) if children else (sector.code, sector.name))
    return choices


class TagsField(forms.CharField):
    """Words between commas. Cleans to a list of spellings."""

    widget = PlainTextInput

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value)
        try:
            return list(clean_tags(re.split(r"[,;\n]", words)).values())
        except Refused as error:
            raise ValidationError(str(error)) from error


class NeedForm(Watched, forms.Form):
    """Step one: the four questions and where the idea belongs."""

    problem = WrittenField(
        label="Quel problème voyez-vous\u202f?",
        help_text="Ce qui se passe aujourd’hui, comme vous le raconteriez à un collègue.",
        at_least=TEXT_MIN_LENGTH,
        missing="Racontez le problème que vous voyez, en une ou deux phrases.",
    )
    beneficiaries = WrittenField(
        label="Pour qui\u202f?",
        help_text="Qui le vit\u00a0: usagers, agents, partenaires.",
        required=False,
        max_length=1000,
    )
    proposal = WrittenField(
        label="Que proposez-vous\u202f?",
        help_text="Pas besoin que tout soit résolu.",
        at_least=TEXT_MIN_LENGTH,
        missing="Dites ce que vous proposez, même si tout n’est pas résolu.",
    )
    benefit = WrittenField(
        label="Qu’est-ce que cela changerait\u202f?",
        help_text="Un effet que l’on pourrait constater.",
        required=False,
    )
    domain = DomainField(
        label="Domaine",
        error_messages={
            "required": "Choisissez le domaine le plus proche\u00a0: il désigne qui pourra vous répondre.",
            "invalid_choice": "Ce domaine n’existe plus. Choisissez-en un autre.",
        },
    )

    @property
    def text(self) -> str:
        """What the look-alikes are asked for, valid or not."""
        values = (self[name].value() or "" for name in ("problem", "proposal", "beneficiaries", "benefit"))
        return "\n".join(clean_text(str(value)) for value in values)


class ReviewForm(Watched, forms.Form):
    """Step two: how the idea is found again, and by whom it is read."""

    title = WrittenField(
        label="Titre",
        help_text="Une phrase courte, qui dit ce que l’on ferait.",
        widget=PlainTextInput,
        at_least=TITLE_MIN_LENGTH,
        max_length=TITLE_MAX_LENGTH,
        missing="Donnez un titre à votre idée\u00a0: c’est lui que l’on verra dans les listes.",
    )
    tags = TagsField(
        label="Mots-clés",
        help_text="Proposés d’après votre texte. Cinq au plus, séparés par des virgules.",
        required=False,
    )
    audience = forms.ChoiceField(
        label="Qui peut la lire\u202f?",
        choices=[(one, one.label) for one in reversed(Audience)],
        initial=Audience.NETWORK,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choisissez qui pourra lire votre idée."
        ),
    )
    objective = forms.ModelChoiceField(
        StrategicObjective.objects.filter(is_active=True),
        label="Objectif stratégique",
        required=False,
        to_field_name="code",
        empty_label="Aucun en particulier",
        widget=PlainSelect,
        error_messages={"invalid_choice": "Cet objectif n’est plus en vigueur. Choisissez-en un autre."},
    )


class PeopleField(forms.CharField):
    """People named one a line. Cleans to a list of open accounts."""

    widget = PlainTextarea

    def clean(self, value: Any) -> list[User]:
        found: list[User] = []
        for words in re.split(r"[;\n]", super().clean(value).replace("\r", "")):
            if not (words := words.strip()):
                continue
            meant = people_meant(words)
            if len(meant) != 1:
                raise ValidationError(
                    f"« {words} » ne désigne pas une seule personne du réseau{NBSP}: écrivez son adresse électronique."
                )
            if meant[0] not in found:
                found.append(meant[0])
        if len(found) > MAX_COAUTHORS:
            raise ValidationError(f"Invitez {MAX_COAUTHORS} personnes au plus.")
        return found


class DepositForm(ReviewForm):
    """Step two, and the team when there is one."""

    team = forms.CharField(
        label="Nom de l’équipe",
        required=False,
        max_length=80,
        widget=PlainTextInput,
        error_messages={"max_length": "Le nom de l’équipe tient en 80 caractères."},
    )
    coauthors = PeopleField(label="Qui signe avec vous", required=False)


class EditForm(ReviewForm, NeedForm):
    """The author's changes after the deposit; `version` is that of the text being rewritten."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = WrittenField(
        label="Ce que vous changez, et pourquoi",
        help_text="Une ligne, affichée avec la modification.",
        widget=PlainTextInput,
        required=False,
        max_length=200,
    )
    field_order = ["title", *NEED_FIELDS, "tags", "audience", "objective"]


def written(*forms: forms.Form) -> IdeaText:
    """The text that valid forms hold."""
    values: dict[str, Any] = {}
    for form in forms:
        values |= form.cleaned_data
    for name in ("version", "reason", "reply", "team", "coauthors"):
        values.pop(name, None)
    return IdeaText(**values)


WRITTEN = ("title", "problem", "beneficiaries", "proposal", "benefit", "tags", "team")


def told(*forms: forms.Form) -> list[tuple[str, str]]:
    """(label, words) of the texts that forms hold, valid or not, for `passages.watch`."""
    fields = {name: field for form in forms for name, field in form.fields.items() if name in WRITTEN}
    values = {name: form[name].value() for form in forms for name in form.fields if name in WRITTEN}
    return [
        (str(fields[name].label).rstrip("\u202f?"), str(values[name] or ""))
        for name in WRITTEN
        if name in fields
    ]


def proposed_title(proposal: str) -> str:
    """The first words of the proposal, as a title: one sentence, whole words, no final stop."""
    first = re.split(r"(?<=[.!?…])\s|\n", proposal.strip(), maxsplit=1)[0].rstrip(" .…;,:")
    if len(first) > PROPOSED_TITLE_LENGTH:
        first = first[:PROPOSED_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" .…;,:")
    return first[:1].upper() + first[1:]


def fingerprint(fields: Mapping[str, str]) -> str:
    """Tells whether the words deposited are those that were read again."""
    told = "\0".join(str(fields.get(name, "")) for name in NEED_FIELDS)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
