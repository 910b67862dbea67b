"""What an author writes in the airlock. Nothing here knows who."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ozeli.challenges.selectors import Known, published
from ozeli.core import clock
from ozeli.core.memo import kept_for
from ozeli.ideas.forms.deposit import (
    TITLE_MAX_LENGTH,
    TITLE_MIN_LENGTH,
    DomainField,
    NeedForm,
    WrittenField,
)
from ozeli.ideas.forms.passages import Watched
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextInput
from ozeli.network.enums import Audience
from ozeli.network.models import Branch

MOST_IMAGE_BYTES = 5_000_000
DESCRIPTION_MAX_LENGTH = 250
ACCEPT = ".png,.jpg,.jpeg,.webp,image/png,image/jpeg,image/webp"
STEP_ONE = ("problem", "beneficiaries", "proposal", "benefit", "domain", "branch", "challenge")


@kept_for(60)
def branches() -> tuple[tuple[str, str], ...]:
    return tuple(Branch.objects.order_by("position", "code").values_list("code", "name"))


def open_challenges() -> dict[str, Known]:
    """Challenges of the whole network that take ideas now, by key."""
    now = clock.now()
    return {
        str(known.id): known
        for known in published().values()
        if known.audience == Audience.NETWORK and known.accepts_deposits(now)
    }


def _branch_choices() -> list[tuple[str, str]]:
    return [("", "Ne pas l’indiquer"), *branches()]


def _challenge_choices() -> list[tuple[str, str]]:
    return [("", "Non, idée spontanée"), *((key, known.title) for key, known in open_challenges().items())]


class ImageField(forms.FileField):
    """An image, small enough to be looked at now; what it holds is judged later."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": ACCEPT}),
            **kwargs,
        )

    def clean(self, value: Any, initial: Any = None) -> Any:
        upload = super().clean(value, initial)
        if upload is None:
            return None
        if upload.size > MOST_IMAGE_BYTES:
            raise ValidationError("Cette image dépasse 5\u00a0Mo. Réduisez-la, puis joignez-la.")
        return upload


class DepositForm(NeedForm):
    """Step one: the four questions, where the idea belongs, two images at most."""

    domain = DomainField(
        label="Domaine",
        error_messages={
            "required": "Choisissez le domaine le plus proche\u00a0: il désigne qui pourra répondre.",
            "invalid_choice": "Ce domaine n’existe plus. Choisissez-en un autre.",
        },
    )
    challenge = forms.ChoiceField(
        label="Répond à un défi\u202f?",
        choices=_challenge_choices,
        required=False,
        widget=PlainSelect,
        error_messages={"invalid_choice": "Ce défi ne reçoit plus d’idée. Choisissez « idée spontanée »."},
    )
    branch = forms.ChoiceField(
        label="Votre branche",
        help_text="Elle s’affichera avec l’idée. Dans une petite branche, mieux vaut ne pas l’indiquer.",
        choices=_branch_choices,
        required=False,
        widget=PlainSelect,
        error_messages={"invalid_choice": "Cette branche n’existe plus. Choisissez-en une autre."},
    )
    image_1 = ImageField(label="Une image", help_text="PNG, JPEG ou WebP, 5\u00a0Mo au plus.")
    description_1 = forms.CharField(
        label="Ce que montre cette image",
        help_text="Une phrase, pour qui ne la voit pas.",
        required=False,
        widget=PlainTextInput,
    )
    image_2 = ImageField(label="Une deuxième image")
    description_2 = forms.CharField(label="Ce que montre la deuxième", required=False, widget=PlainTextInput)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        for number in (1, 2):
            self._check_described(f"image_{number}", f"description_{number}")
        return said

    def _check_described(self, image: str, description: str) -> None:
        words = " ".join(self.cleaned_data.get(description, "").replace("\0", "").split())
        self.cleaned_data[description] = words
        upload = self.cleaned_data.get(image)
        if upload is not None and not words:
            self.add_error(
                description,
                "Décrivez l’image en une phrase\u00a0: c’est elle que l’on entend quand on ne la voit pas.",
            )
        if len(words) > DESCRIPTION_MAX_LENGTH:
            self.add_error(description, f"Restez sous {DESCRIPTION_MAX_LENGTH} caractères.")

    def uploads(self) -> list[tuple[str, Any, str]]:
        """(field, file, description) of the images sent."""
        said = self.cleaned_data
        return [
            (f"image_{number}", said[f"image_{number}"], said[f"description_{number}"])
            for number in (1, 2)
            if said.get(f"image_{number}") is not None
        ]

    def chosen_challenge(self) -> Known | None:
        return open_challenges().get(self.cleaned_data["challenge"])

    def chosen_branch(self) -> tuple[str, str] | None:
        return next((one for one in branches() if one[0] == self.cleaned_data["branch"]), None)


class TitleForm(Watched, forms.Form):
    """Step two."""

    title = WrittenField(
        label="Titre",
        help_text="Une phrase courte, qui dit ce que l’on ferait.",
        widget=PlainTextInput,
        at_least=TITLE_MIN_LENGTH,
        max_length=TITLE_MAX_LENGTH,
        missing="Donnez un titre à votre idée\u00a0: c’est lui que l’on verra dans les listes.",
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Votre code de suivi",
        help_text="Les 21 lettres et chiffres de votre reçu. Les espaces et les majuscules ne comptent pas.",
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Écrivez le code de votre reçu.",
            "max_length": "Ce code est trop long\u00a0: il compte 21 caractères.",
        },
    )


class MessageForm(Watched, forms.Form):
    body = WrittenField(
        label="Votre message",
        help_text="Lu par les personnes qui suivent cette idée, sans être publié.",
        at_least=2,
        max_length=2000,
        missing="Écrivez votre message.",
    )


class ComplementForm(Watched, forms.Form):
    """The text again, as it will be published."""

    title = WrittenField(
        label="Titre",
        widget=PlainTextInput,
        at_least=TITLE_MIN_LENGTH,
        max_length=TITLE_MAX_LENGTH,
        missing="Gardez un titre à votre idée.",
    )
    problem = WrittenField(label="Le problème", at_least=20, missing="Racontez le problème que vous voyez.")
    beneficiaries = WrittenField(label="Pour qui", required=False, max_length=1000)
    proposal = WrittenField(label="La proposition", at_least=20, missing="Dites ce que vous proposez.")
    benefit = WrittenField(label="Ce que cela changerait", required=False)
    body = WrittenField(
        label="Un mot à qui vous a écrit",
        help_text="Lu du bureau seul, sans être publié.",
        required=False,
        max_length=2000,
    )
