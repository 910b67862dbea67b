"""The name of a file, as it may be shown and given back: what it says, never what it does."""

import re
import unicodedata

from .signatures import SUFFIXES

LONGEST = 100
DEFAULT = "fichier"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)


def clean_name(given: str, media_type: str) -> str:
    """The last part of the path, without control, invisible or direction characters, ended by the suffix of its type.

    « ../../etc/<RTL>fdp.exe » of a PDF becomes « fdp.pdf ».
    """
    last = re.split(r"[/\\]", given)[-1]
    # Cc control, Cf invisible and direction, Co and Cn private and unassigned, Cs half of a pair.
    visible = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    stem = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible))
    stem = re.sub(r"\.[^.\s]{1,5}$", "", " ".join(stem.split())).strip(" .")
    suffix = SUFFIXES[media_type]
    if stem.lower().endswith(suffix):
        stem = stem[: -len(suffix)]
    stem = stem[: LONGEST - len(suffix)].strip(" ._")
    if not stem or _RESERVED.fullmatch(stem):
        stem = DEFAULT if not stem else f"{DEFAULT}-{stem}"
    return stem + suffix
