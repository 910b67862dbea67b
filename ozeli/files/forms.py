"""Join a file: the file, and what it shows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ozeli.core import uploads

from . import signatures
from .services import TOO_LARGE

DESCRIPTION_MAX_LENGTH = 250
ACCEPT = ".png,.jpg,.jpeg,.webp,.pdf,image/png,image/jpeg,image/webp,application/pdf"


class JoinForm(forms.Form):
    """One file at a time. Valid without any when `needs_file` is not asked: the field stands in a larger form."""

    file = forms.FileField(
        label="Image ou document",
        help_text="PNG, JPEG, WebP ou PDF, 10 Mo au plus. Sa position, sa date et le nom de l’appareil sont effacés.",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    file_description = forms.CharField(
        label="Ce que montre l’image",
        help_text="Une phrase, pour qui ne la voit pas. Pour un PDF, ne mettez rien.",
        required=False,
        strip=True,
    )

    def __init__(self, *args: Any, request: Any = None, needs_file: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = request is not None and uploads.was_cut(request)
        self.needs_file = needs_file

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if self.too_large:
            raise ValidationError(TOO_LARGE)
        if upload is None and self.needs_file:
            raise ValidationError("Choisissez un fichier sur votre poste.")
        return upload

    def clean_file_description(self) -> str:
        said = " ".join(self.cleaned_data["file_description"].replace("\0", "").split())
        if len(said) > DESCRIPTION_MAX_LENGTH:
            raise ValidationError(
                f"Cette description compte {len(said)} caractères, la limite est de {DESCRIPTION_MAX_LENGTH}."
            )
        upload = self.cleaned_data.get("file")
        if upload and not said and signatures.media_type(_head(upload)) in signatures.IMAGES:
            raise ValidationError(
                "Décrivez l’image en une phrase\u00a0: c’est elle que l’on entend quand on ne la voit pas."
            )
        return said


def _head(upload: Any) -> bytes:
    upload.seek(0)
    return bytes(upload.read(signatures.HEAD_SIZE))
