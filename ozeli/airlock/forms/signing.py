"""Sign one's anonymous idea: the code of the receipt, and a yes to what becomes visible."""

from django import forms


class SignForm(forms.Form):
    """The name of the field holds « password », so that no copy of what was typed is ever kept for a later page."""

    receipt_password = forms.CharField(
        label="Le code de votre reçu",
        help_text="Les 21 lettres et chiffres. Les espaces et les majuscules ne comptent pas.",
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Écrivez le code de votre reçu.",
            "max_length": "Ce code est trop long\u00a0: il compte 21 caractères.",
        },
    )
    is_sure = forms.BooleanField(
        label="Je signe cette idée, pour de bon",
        error_messages={"required": "Cochez cette case pour signer\u00a0: rien n’est encore fait."},
    )
