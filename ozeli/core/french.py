"""French typography, dates, numbers and sorting, for screens and messages.

Every function returns plain text; spaces that must not break are U+00A0 or, inside numbers and before ; ! ?, U+202F.
"""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

NBSP = "\u00a0"
NARROW = "\u202f"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ß": "ss"})
_BEFORE_HIGH = re.compile(r"[ \u00a0\u202f]*([;!?]+)(?=\s|$|[»)\]])")
_BEFORE_COLON = re.compile(r"(?<=\S)[ \u00a0\u202f]+:(?=\s|$)")
_OPEN_QUOTE = re.compile(r"«[ \u00a0\u202f]*")
_CLOSE_QUOTE = re.compile(r"[ \u00a0\u202f]*»")


def fold(text: str) -> str:
    """Lower-case text without accents or ligatures: « Œuvre à l’Été » → « oeuvre a l'ete »."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def sort_key(text: str) -> str:
    """The key by which French readers expect a list of names: accents, case and punctuation do not count."""
    return re.sub(r"[^0-9a-z]+", " ", fold(text)).strip()


def number(value: int | float | Decimal, places: int | None = None) -> str:
    """« 1 204 », « 1 234,5 », « −31 »: narrow spaces by thousands, a comma, a true minus sign."""
    written = f"{abs(value):,}" if places is None else f"{abs(value):,.{places}f}"
    whole, _, fraction = written.partition(".")
    sign = "−" if value < 0 else ""
    fraction = f",{fraction}" if fraction.strip("0") or (fraction and places) else ""
    return sign + whole.replace(",", NARROW) + fraction


def plural_word(count: int | float, one: str, many: str | None = None) -> str:
    """The noun alone: in French the plural begins at 2 (« 0 idée », « 1,5 jour »)."""
    return one if abs(count) < 2 else (many or one + "s")


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 3 idées », « 1 idée », « 0 idée »."""
    return number(count) + NBSP + plural_word(count, one, many)


def days(count: int) -> str:
    """« 4 jours », « 1 jour », and « moins d’un jour » for none."""
    return plural(count, "jour") if count > 0 else f"moins d’un{NBSP}jour"


def capped(count: int, cap: int = 1000) -> str:
    """The count as far as it was counted: « 312 », then « plus de 1 000 »."""
    return number(count) if count <= cap else f"plus de{NBSP}{number(cap)}"


def _local_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def day_of_month(value: date | datetime) -> str:
    """« 1er », « 2 », « 31 »."""
    day = _local_date(value).day
    return "1er" if day == 1 else str(day)


def long_date(value: date | datetime) -> str:
    """« 20 novembre 2026 », « 1er décembre 2026 », on the local calendar."""
    day = _local_date(value)
    return f"{day_of_month(day)}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def short_date(value: date | datetime, today: date | None = None) -> str:
    """« 20 novembre » within the year of `today`, else the long form."""
    day = _local_date(value)
    if today is not None and day.year != today.year:
        return long_date(day)
    return f"{day_of_month(day)}{NBSP}{MONTHS[day.month - 1]}"


def month(value: date | datetime) -> str:
    """« novembre 2026 »: all that an anonymous item may show."""
    day = _local_date(value)
    return f"{MONTHS[day.month - 1]}{NBSP}{day.year}"


def clock_time(value: datetime | time) -> str:
    """« 14 h 30 », « 9 h », « 9 h 05 », in local time."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    minutes = f"{NBSP}{value.minute:02d}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def typographic(text: str) -> str:
    """Set a plain text by the French rules: apostrophes, guillemets, spaces before ; ! ? and :."""
    text = text.replace("'", "’")
    text = _OPEN_QUOTE.sub("«" + NARROW, text)
    text = _CLOSE_QUOTE.sub(NARROW + "»", text)
    text = _BEFORE_HIGH.sub(NARROW + r"\1", text)
    return _BEFORE_COLON.sub(NBSP + ":", text)


def inner_quotes(text: str) -> str:
    """The text with guillemets of second rank, to stand between « and »: « Dites “oui” »."""
    return _CLOSE_QUOTE.sub("”", _OPEN_QUOTE.sub("“", text))


def quoted(text: str) -> str:
    """A text between guillemets, its own become “ ”."""
    return f"«{NARROW}{inner_quotes(text)}{NARROW}»"


def first_words(text: str, most: int) -> str:
    """The first words of a text, on one line, its no-break spaces kept: what they join counts as one word."""
    words = re.split(r"[ \t\r\n]+", text.strip())
    return " ".join(words[:most]) + ("…" if len(words) > most else "")


def weight(size: int) -> str:
    """« 340 ko », « 1,2 Mo »."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}{NBSP}ko"
    return f"{size / 1e6:.1f}".replace(".", ",") + f"{NBSP}Mo"


def list_of(words: list[str]) -> str:
    """« a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"


def of_name(name: str) -> str:
    """« de Claire », « d’Aurélie »."""
    return f"d’{name}" if fold(name)[:1] in ("a", "e", "i", "o", "u") else f"de {name}"
