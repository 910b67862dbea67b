"""A photograph as a phone gives it: who, where and with what, in every pocket of the file."""

import io

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from .canaries import Identity


def photograph(person: Identity) -> tuple[str, str, bytes]:
    """Name, type and bytes of a JPEG with EXIF, a position and a comment."""
    drawn = _drawn()
    held = Image.Exif()
    held[0x010E] = held[0x010F] = held[0x013B] = held[0x8298] = (
        person.metadata
    )  # description, maker, artist, rights
    held.get_ifd(0x8825).update({1: "N", 2: _place(person), 3: "E", 4: _place(person), 29: person.metadata})
    held.get_ifd(0x8769).update({0x9286: b"ASCII\0\0\0" + person.metadata.encode(), 0xA431: person.metadata})
    file = io.BytesIO()
    drawn.save(file, "JPEG", exif=held.tobytes(), comment=person.metadata.encode())
    return f"{person.file_name}.jpg", "image/jpeg", file.getvalue()


def capture(person: Identity) -> tuple[str, str, bytes]:
    """The same as a PNG, with its texts plain and compressed."""
    told = PngInfo()
    told.add_text("Author", person.metadata)
    told.add_text("Comment", person.metadata, zip=True)
    told.add_itxt("XML:com.adobe.xmp", f"<x>{person.metadata} {person.place[0]}</x>", zip=True)
    file = io.BytesIO()
    _drawn().save(file, "PNG", pnginfo=told)
    return f"{person.file_name}.png", "image/png", file.getvalue()


def _drawn() -> Image.Image:
    drawn = Image.new("RGB", (320, 200), "#e8f2f1")
    ImageDraw.Draw(drawn).ellipse((60, 30, 260, 170), fill="#0b6e6e")
    return drawn


def _place(person: Identity) -> tuple[object, ...]:
    from PIL.TiffImagePlugin import IFDRational

    return (IFDRational(48, 1), IFDRational(51, 1), IFDRational(*person.place))
