"""What people say on an idea."""

from django import forms

from .passages import Watched
from .widgets import PlainTextarea


class CommentForm(Watched, forms.Form):
    """A comment, or a reply when `parent` is given. The service judges the text."""

    body = forms.CharField(
        label="Votre commentaire",
        widget=PlainTextarea,
        error_messages={"required": "Écrivez votre commentaire avant de le publier."},
        strip=False,
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)
