"""What a file is, told by its first bytes: its name and what the browser says of it are never asked."""

PNG, JPEG, WEBP, PDF = "image/png", "image/jpeg", "image/webp", "application/pdf"
IMAGES = frozenset({PNG, JPEG, WEBP})
SUFFIXES = {PNG: ".png", JPEG: ".jpg", WEBP: ".webp", PDF: ".pdf"}
HEAD_SIZE = 512

_ADVICE = "Formats acceptés\u00a0: PNG, JPEG, WebP et PDF."
_BLANKS = b"\xef\xbb\xbf \t\r\n\0"
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim")


def media_type(head: bytes) -> str:
    """The accepted type that these first bytes announce; nothing for any other. Only a full decode confirms it."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return PDF if head.lstrip(_BLANKS).startswith(b"%PDF-") else ""


def advice(head: bytes) -> str:
    """What to tell somebody whose file is of no accepted type: what it seems to be, and what to do."""
    text = head.lstrip(_BLANKS).lower()
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "Cette photo est au format HEIC. Enregistrez-la en JPEG, puis joignez-la."
    if head.startswith((b"GIF8", b"BM", b"II*\0", b"MM\0*")):
        return f"Cette image est d’un format que nous n’acceptons pas. {_ADVICE}"
    if text.startswith((b"<?xml", b"<svg", b"<!doctype", b"<html", b"<script")):
        return f"Ce fichier est une page ou un dessin en texte (HTML, SVG). {_ADVICE}"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return f"Ce fichier est une archive ou un document bureautique. Enregistrez-le en PDF. {_ADVICE}"
    return f"Ce fichier n’est ni une image ni un PDF que nous sachions lire. {_ADVICE}"
