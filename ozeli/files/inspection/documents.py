"""PDF: written again with its pages alone. What acts, what is attached and what tells who wrote it is left out."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from ozeli.files.inspection import Unreadable

LOCKED = "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection, puis joignez-le."
EMPTY = "Ce PDF ne contient aucune page lisible."
TOO_LARGE = "Ce PDF est trop complexe pour être vérifié. Enregistrez-le de nouveau en PDF, plus simplement."
MOST_OBJECTS = 300_000
MOST_PAGES = 2_000
DEEPEST = 60

# Keys left out wherever they stand: scripts, triggers, forms that run, files within, what tells the author.
KEYS = frozenset({
    "/JS", "/JavaScript", "/OpenAction", "/AA", "/XFA", "/NeedsRendering", "/EmbeddedFiles", "/EF",
    "/RF", "/AF", "/Collection", "/RichMediaContent", "/RichMediaSettings", "/Renditions",
    "/AlternatePresentations", "/Metadata", "/PieceInfo", "/LastModified", "/Info", "/Perms", "/DSS",
    "/Legal", "/SpiderInfo", "/Requirements",
})  # fmt: skip
# Actions left out; a link to a page of the same document or to a web address stays.
ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/Thread", "/Sound", "/Movie", "/Hide", "/SubmitForm",
    "/ResetForm", "/ImportData", "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView",
    "/RichMediaExecute", "/GoToDp", "/Named", "/DigitalSignature",
})  # fmt: skip
ANNOTATIONS = frozenset({
    "/FileAttachment", "/Screen", "/Movie", "/Sound", "/RichMedia", "/3D",
})  # fmt: skip
SAFE_ADDRESSES = (b"http://", b"https://", b"mailto:")
# Marker segments of a JPEG that tell about the shot: EXIF, XMP, IPTC, comments.
_TELLING = frozenset({0xE1, 0xED, 0xFE, *range(0xE2, 0xEE)} - {0xE2, 0xEE})


def clean(source: Path, folder: Path) -> dict[str, Any]:
    """Write `main` in `folder`. Raises Unreadable."""
    pikepdf.settings.set_decimal_precision(15)
    try:
        pdf = pikepdf.open(source, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Unreadable(LOCKED) from error
    with pdf:
        if pdf.is_encrypted:
            raise Unreadable(LOCKED)
        _strip(pdf)
        if not 0 < len(pdf.pages) <= MOST_PAGES:
            raise Unreadable(TOO_LARGE if len(pdf.pages) else EMPTY)
        pdf.save(
            folder / "main",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return {"pages": _checked(folder / "main")}


def _strip(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    if len(pdf.objects) > MOST_OBJECTS:
        raise Unreadable(TOO_LARGE)
    counted = itertools.count()
    for held in pdf.objects:
        for inner in _within(held, 0, counted):
            _strip_one(inner)


def _within(held: Any, depth: int, counted: Iterator[int]) -> Iterator[Any]:
    """The dictionaries, arrays and streams of an object, itself first; indirect ones come by themselves."""
    if not isinstance(held, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)):
        return
    if depth > DEEPEST or next(counted) > MOST_OBJECTS:
        raise Unreadable(TOO_LARGE)
    yield held
    children = list(held) if isinstance(held, pikepdf.Array) else [held[key] for key in list(held.keys())]
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _within(child, depth + 1, counted)


def _strip_one(held: Any) -> None:
    if isinstance(held, pikepdf.Array):
        for place in reversed(range(len(held))):
            if _acts(held[place]):
                del held[place]
        return
    for key in list(held.keys()):
        if key in KEYS or _acts(held[key]):
            del held[key]
    if isinstance(held, pikepdf.Stream):
        _strip_photo(held)


def _acts(value: Any) -> bool:
    """Whether this is an action that we leave out, or an annotation that carries something."""
    if not isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    if str(value.get("/Subtype", "")) in ANNOTATIONS and "/Rect" in value:
        return True
    kind = str(value.get("/S", "")) if isinstance(value.get("/S"), pikepdf.Name) else ""
    if kind == "/URI":
        return not _is_safe(value.get("/URI"))
    return kind in ACTIONS and value.get("/Type", "/Action") == "/Action"


def _is_safe(address: Any) -> bool:
    return isinstance(address, pikepdf.String) and bytes(address).strip().lower().startswith(SAFE_ADDRESSES)


def _strip_photo(stream: Any) -> None:
    """The photographs of a PDF carry the EXIF of their camera: their segments that tell are left out."""
    names = stream.get("/Filter")
    if isinstance(names, pikepdf.Array):
        names = names[0] if len(names) == 1 else None
    if names != "/DCTDecode":
        return
    raw = stream.read_raw_bytes()
    if (kept := without_telling_segments(raw)) != raw:
        stream.write(kept, filter=pikepdf.Name("/DCTDecode"), decode_parms=stream.get("/DecodeParms"))


def without_telling_segments(jpeg: bytes) -> bytes:
    """A JPEG without EXIF, XMP, IPTC and comments; colours (ICC, Adobe) and pixels untouched, nothing decoded."""
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF and jpeg[place + 1] != 0xDA:
        size = 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if jpeg[place + 1] not in _TELLING:
            kept.append(jpeg[place : place + size])
        place += size
    end = jpeg.rfind(b"\xff\xd9")
    kept.append(jpeg[place : end + 2] if end > place else jpeg[place:])
    return b"".join(kept)


def _checked(path: Path) -> int:
    """The pages of what was written, read again as a stranger's would be."""
    with pikepdf.open(path, attempt_recovery=False) as pdf:
        return len(pdf.pages)
