"""Forms of what the portal itself lets administrators keep."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from ozeli.core.ids import ALPHABET, uuid_range
from ozeli.core.registry import HomeBrickKind
from ozeli.ideas import home as ideas_home
from ozeli.ideas.models import Idea
from ozeli.network.setting_forms import LONGEST_DELAY, KeptForm

from . import logos, theming
from .models import HomeBrick, Theme, ToolLink
from .selectors import PLACE

ADDRESS = re.compile(rf"/idees/([{ALPHABET}]{{12}})-")
COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class ToolForm(KeptForm):
    class Meta:
        model = ToolLink
        fields = ["name", "url", "description"]
        error_messages = {
            "name": {"required": "Écrivez le nom de l’outil."},
            "url": {"required": "Écrivez l’adresse de l’outil, avec https://."},
        }
        help_texts = {"url": "Là où vous écrivez {q}, le portail met les mots cherchés."}

    def clean_name(self) -> str:
        return self.one_name_only("name", ToolLink.objects.all())

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            parts = urlsplit(url.replace(PLACE, "mots"))
        except ValueError:
            parts = urlsplit("")
        if parts.scheme != "https" or not parts.hostname or re.search(r"[\s<>\"\\]", url):
            raise ValidationError("L’adresse commence par https:// et ne contient pas d’espace.")
        return url


class DelayForm(forms.Form):
    """The delay promised by default, and the version of the page on which it was read."""

    days = forms.IntegerField(
        label="Délai de réponse du réseau, en jours",
        min_value=1,
        max_value=LONGEST_DELAY,
        error_messages={
            "required": "Écrivez un nombre de jours.",
            "invalid": "Écrivez un nombre de jours, par exemple 30.",
            "min_value": "Un jour au moins.",
            "max_value": "Une année au plus (366 jours).",
        },
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _days(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=LONGEST_DELAY,
        error_messages={
            "required": "Écrivez un nombre de jours.",
            "invalid": "Écrivez un nombre de jours, par exemple 7.",
            "min_value": "Un jour au moins.",
            "max_value": "Une année au plus (366 jours).",
        },
    )


class StepsForm(forms.Form):
    """When the desk is reminded of an answer, when a late one goes up; and the version on which it was read."""

    remind_first = _days("Premier rappel, en jours avant la date")
    remind_last = _days("Dernier rappel, en jours avant la date")
    lead_after = _days("Remontée au responsable, en jours après la date")
    network_after = _days("Remontée au réseau, en jours après la date")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("remind_first"), data.get("remind_last")
        if first and last and first <= last:
            self.add_error("remind_first", "Le premier rappel vient plus tôt que le dernier.")
        lead, network = data.get("lead_after"), data.get("network_after")
        if lead and network and network <= lead:
            self.add_error("network_after", "Le réseau est prévenu après le responsable.")
        return data


PERIODS = [(90, "Trois mois"), (182, "Six mois"), (365, "Douze mois")]
FEATURED = 3
LONGEST_TEXT = 2000
TEXT_HINT = (
    "Un titre\u00a0: ## devant. Une liste\u00a0: - devant. **gras**, *italique*, [un lien](https://…)."
)


class BrickForm(forms.Form):
    """A brick of the home: its title, and what its kind lets one set."""

    title = forms.CharField(label="Titre", required=False, max_length=80)
    text = forms.CharField(
        label="Texte",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        help_text=TEXT_HINT,
    )
    ideas = forms.CharField(
        label="Idées mises à la une",
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text="L’adresse de leur page, une par ligne, trois au plus. Seules celles que tout le réseau peut lire.",
    )
    count = forms.IntegerField(
        label="Nombre d’éléments", min_value=1, max_value=ideas_home.MOST_SHOWN, required=False
    )
    days = forms.TypedChoiceField(label="Période", choices=PERIODS, coerce=int, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: HomeBrickKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["title"].help_text = (
            f"Laissez vide pour «\u202f{kind.title}\u202f»."
            if kind.title
            else "Cette brique n’en montre pas."
        )
        for name in ("text", "ideas", "count", "days"):
            if name not in kind.options:
                del self.fields[name]

    @staticmethod
    def initial_of(brick: HomeBrick) -> dict[str, Any]:
        options = brick.options
        chosen = {str(idea.pk): idea for idea in Idea.objects.filter(pk__in=options.get("ideas") or [])}
        addresses = [chosen[key].get_absolute_url() for key in options.get("ideas") or [] if key in chosen]
        return {
            "title": brick.title,
            "text": options.get("text", ""),
            "ideas": "\n".join(addresses),
            "count": options.get("count", ideas_home.SHOWN),
            "days": options.get("days", 365),
            "version": brick.version,
        }

    def clean_ideas(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["ideas"].splitlines() if line.strip()]
        if len(lines) > FEATURED:
            raise ValidationError("Trois idées au plus.")
        return [self._idea(line) for line in lines]

    def _idea(self, line: str) -> str:
        found = ADDRESS.search(line)
        edges = uuid_range(found[1]) if found else None
        idea = Idea.objects.open_to_all().filter(pk__range=edges).first() if edges else None
        if idea is None:
            raise ValidationError(
                "«\u202f%(line)s\u202f» n’est pas l’adresse d’une idée que tout le réseau peut lire.",
                params={"line": line[:80]},
            )
        return str(idea.pk)

    def values(self) -> dict[str, Any]:
        """What the row should hold."""
        kept = self.cleaned_data
        options = {name: kept[name] for name in self.kind.options if kept.get(name) not in (None, "", [])}
        return {"title": kept["title"].strip(), "options": options}


class LogoForm(forms.Form):
    """The image of a logo; what it is made of is told by its bytes."""

    file = forms.FileField(
        label="Image du logo",
        help_text="PNG, WebP ou JPEG, 1\u00a0Mo au plus, de préférence en largeur et sur fond transparent.",
        allow_empty_file=True,
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.webp,.jpg,.jpeg,image/png,image/webp,image/jpeg"}),
    )

    def __init__(self, *args: Any, was_cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_cut = was_cut

    def clean_file(self) -> Any:
        if self.was_cut:
            raise ValidationError(logos.TOO_LARGE)
        if not self.cleaned_data.get("file"):
            raise ValidationError("Choisissez une image sur votre poste.")
        return self.cleaned_data["file"]


class ThemeForm(forms.Form):
    """The name and the two colours. An empty field keeps what Ozéli brings."""

    name = forms.CharField(label="Nom du portail", required=False, max_length=24)
    initials = forms.CharField(
        label="Initiales",
        required=False,
        max_length=3,
        help_text="Trois lettres au plus, à la place du dessin d’Ozéli.",
    )
    action = forms.CharField(
        label="Couleur des actions",
        required=False,
        max_length=7,
        help_text=f"Liens et boutons. Comme {theming.ACTION}, ou vide pour celle d’Ozéli.",
    )
    accent = forms.CharField(
        label="Couleur d’accent",
        required=False,
        max_length=7,
        help_text=f"Formes et liserés, jamais du texte. Comme {theming.ACCENT}, ou vide.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def initial_of(theme: Theme) -> dict[str, Any]:
        return {name: getattr(theme, name) for name in ("name", "initials", "action", "accent", "version")}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_initials(self) -> str:
        initials = str(self.cleaned_data["initials"]).strip()
        if not re.fullmatch(r"[^\W_]*", initials):
            raise ValidationError("Des lettres ou des chiffres seulement.")
        return initials

    def clean_action(self) -> str:
        action = _colour(self.cleaned_data["action"])
        if refusal := theming.refused_action(action or theming.ACTION):
            raise ValidationError(refusal)
        return action

    def clean_accent(self) -> str:
        accent = _colour(self.cleaned_data["accent"])
        action = self.cleaned_data.get("action")
        if action is None:
            return accent
        if refusal := theming.refused_accent(accent or theming.ACCENT, action or theming.ACTION):
            raise ValidationError(refusal)
        return accent

    def colours(self) -> tuple[str, str]:
        """What is being tried, as far as it can be read: refused colours are shown too, with their contrast."""
        self.is_valid()
        typed = (_readable(self.data.get(name, "")) for name in ("action", "accent"))
        return tuple(typed)  # type: ignore[return-value]

    def is_readable(self) -> bool:
        """Whether the colours that are tried may be worn by a page."""
        return not {"action", "accent"} & self.errors.keys()

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "initials", "action", "accent")}


def _readable(text: str) -> str:
    try:
        return _colour(text)
    except ValidationError:
        return ""


def _colour(text: str) -> str:
    """« 0B5C6B » → « #0b5c6b »."""
    found = text.strip().lower()
    found = found if not found or found.startswith("#") else f"#{found}"
    if found and not COLOUR.fullmatch(found):
        raise ValidationError("Écrivez la couleur sur six chiffres, comme #0b5c6b.")
    return found
