"""The button that an intranet shows: a plain link to the deposit, with its challenge or its domain already chosen.

No script, no image, no style of its own: what is pasted elsewhere asks nothing of anybody before it is followed.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from ozeli.accounts.models import User
from ozeli.engagement.services import clean_text

from .forms.widgets import PlainSelect, PlainTextInput
from .selectors import challenges
from .selectors.listing import offered_sectors

DEFAULT_TEXT = "Déposer une idée"
TEXT_MAX_LENGTH = 60
LOOKS = [("clair", "Sur un fond clair"), ("sombre", "Sur un fond sombre")]
CLASS, DARK = "ozeli-bouton", "ozeli-bouton-sombre"
STYLE = """\
.ozeli-bouton { display: inline-block; padding: .6em 1.1em; border-radius: 6px; font-weight: 600;
  text-decoration: none; background: #0b5c6b; color: #fff; }
.ozeli-bouton:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.ozeli-bouton-sombre { background: #78c6d1; color: #06262d; }"""


@dataclass(frozen=True, slots=True)
class Button:
    """What is copied, and where it leads."""

    text: str
    url: str
    is_dark: bool

    @property
    def html(self) -> str:
        """The tag as words, not as markup of ours: it is escaped once more where it is shown to be copied."""
        names = f"{CLASS} {DARK}" if self.is_dark else CLASS
        return "".join(format_html('<a class="{}" href="{}">{}</a>', names, self.url, self.text))


def address(**asked: str) -> str:
    """The deposit, as anybody of the network reaches it: signed in or not yet."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{settings.PUBLIC_URL}{reverse('ideas:deposit')}{f'?{query}' if query else ''}"


class ButtonForm(forms.Form):
    """Where the button leads, what it says, on which ground it stands. A GET form: nothing is kept."""

    vers = forms.ChoiceField(
        label="Où mène le bouton",
        required=False,
        widget=PlainSelect,
        error_messages={"invalid_choice": "Ce choix n’existe plus : prenez-en un autre."},
    )
    texte = forms.CharField(
        label="Ce qu’il dit", required=False, max_length=TEXT_MAX_LENGTH, strip=True, widget=PlainTextInput
    )
    allure = forms.ChoiceField(label="Où il se pose", required=False, choices=LOOKS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, slug: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slug = slug
        if slug:
            del self.fields["vers"]
        else:
            self.fields["vers"].choices = _targets(user)  # type: ignore[attr-defined]

    def clean_texte(self) -> str:
        text = " ".join(clean_text(self.cleaned_data["texte"]).split())
        if self.cleaned_data["texte"] and not text:
            raise ValidationError("Écrivez ce que dit le bouton.")
        return text

    def button(self) -> Button:
        """The button of a valid form, else the plainest one."""
        said = self.cleaned_data if self.is_valid() else {}
        kind, _colon, value = said.get("vers", "").partition(":")
        asked = {"defi": self.slug} if self.slug else {kind: value} if value else {}
        return Button(said.get("texte") or DEFAULT_TEXT, address(**asked), said.get("allure") == "sombre")


def _targets(user: User) -> list[tuple[str, Any]]:
    """The deposit itself, the challenges that take deposits now, the domains."""
    choices: list[tuple[str, Any]] = [("", "Le dépôt, sans rien préciser")]
    if opened := [(f"defi:{one.slug}", one.title) for one in challenges.taking_deposits(user)]:
        choices.append(("Les défis ouverts", opened))
    for sector in offered_sectors():
        whole = (f"domaine:{sector.code}", f"{sector.name}, en général" if sector.children else sector.name)
        children = [(f"domaine:{child.code}", child.name) for child in sector.children]
        choices.append((sector.name, [*children, whole]))
    return choices
