"""Which encoding a text was written in: told by its first bytes, else found out."""

import codecs
from pathlib import Path

from .limits import TableRefused

SAMPLE = 200_000
_CHUNK = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD = ("cp1252", "latin_1", "mac_roman")
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 avec marque",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 sans marque",
    "utf-16-be": "UTF-16 sans marque",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "latin_1": "ISO 8859-1",
    "mac_roman": "Mac Roman",
}
# What French text is made of besides plain letters, and what it never holds.
_FRENCH = frozenset("éèàçùêîôûâëïœ’«»É€°\u00a0")
_STRANGE = frozenset("¬‡ÈËÎÔÓÂÍŽˆ˜¯∆π∫√≈Ω¿ÚÛ‰Ã\x85\x8d\x8e\x8f\x90\x9d")


def find_encoding(path: Path) -> str:
    """The codec that reads this whole file. Raises TableRefused when it is not a text."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        return _two_bytes(sample)
    return "utf-8" if _is_utf8(path) else _guess(sample if not sample.isascii() else _tail(path))


def _two_bytes(sample: bytes) -> str:
    """UTF-16 without its mark: every other byte of a western text is nul."""
    head = sample[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if half and even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    raise TableRefused(
        "Ce fichier contient des octets nuls : ce n’est pas un texte. Enregistrez le tableau en CSV UTF-8 ou en .xlsx."
    )


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _tail(path: Path) -> bytes:
    """The bytes around the first accent, when the beginning of the file has none."""
    with path.open("rb") as file:
        while chunk := file.read(SAMPLE):
            if not chunk.isascii():
                return chunk
    return b""


def _guess(sample: bytes) -> str:
    """One of the encodings of old French files: those charset-normalizer allows, the most French reading first."""
    from charset_normalizer import from_bytes

    allowed = {match.encoding for match in from_bytes(sample, cp_isolation=list(_OLD), threshold=0.4)}
    readings = {name: text for name in _OLD if (text := _read(sample, name)) is not None}
    return max(readings, key=lambda name: (_french(readings[name]), name in allowed, -_OLD.index(name)))


def _read(sample: bytes, name: str) -> str | None:
    try:
        return sample.decode(name)
    except UnicodeDecodeError:
        return None


def _french(text: str) -> int:
    return sum((char in _FRENCH) - 2 * (char in _STRANGE) for char in text if ord(char) > 127)
