"""Numbers as people write them: « 1 234,5 », « 63 % », « 18 200 € »."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from ozeli.core.french import number
from ozeli.ideas.forms.widgets import PlainTextInput

from ..models.stages import MOST_EUROS

_IDLE = re.compile(r"[\s\u00a0\u202f'’]")
_MINUS = str.maketrans({"−": "-", "–": "-"})


class NumberField(forms.DecimalField):
    """A number with a comma or a point, spaces between thousands, and `unit` after it or not."""

    widget = PlainTextInput

    def __init__(self, *, unit: str = "", **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(
            **{
                "max_digits": 14,
                "decimal_places": 3,
                "error_messages": {
                    "invalid": "Écrivez un nombre, comme 48,5.",
                    "max_digits": "Ce nombre est trop grand.",
                    "max_whole_digits": "Ce nombre est trop grand.",
                    "max_decimal_places": "Trois chiffres après la virgule au plus.",
                }
                | kwargs.pop("error_messages", {}),
            }
            | kwargs
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            text = _IDLE.sub("", value.replace("\0", "")).translate(_MINUS)
            text = text.removesuffix(_IDLE.sub("", self.unit))
            if text.count(",") == 1 and "." not in text:
                text = text.replace(",", ".")
            # What Decimal would read and no reader would: « 1e5 », « NaN », « 1_000 ».
            value = text if re.fullmatch(r"-?\d*\.?\d*", text) or not text else "?"
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As it is written in a field: a comma, no idle zeros, no space."""
        if not isinstance(value, Decimal):
            return value
        plain = f"{value:f}"
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", ",")


class EurosField(NumberField):
    """An amount; nothing typed is zero when `required` is not asked."""

    def __init__(self, **kwargs: Any) -> None:
        most = f"{number(MOST_EUROS // 1_000_000)} millions d’euros au plus."
        super().__init__(
            unit="€",
            max_digits=12,
            decimal_places=2,
            min_value=0,
            max_value=MOST_EUROS,
            **kwargs
            | {
                "error_messages": {
                    "invalid": "Écrivez un montant en euros, comme 1\u202f250 ou 99,90.",
                    "min_value": "Un montant n’est pas négatif.",
                    "max_value": most,
                    "max_digits": most,
                    "max_whole_digits": most,
                    "max_decimal_places": "Deux chiffres après la virgule au plus.",
                }
            },
        )
