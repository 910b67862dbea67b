"""Hostile and odd images, made for the occasion: none is kept in the repository. `CANARY` must not survive."""

import io
import struct
import zipfile
import zlib

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from .conftest import drawn

CANARY = b"CANARI-7f3a"
WORD = CANARY.decode()
SCRIPT = b"<html><script>alert('" + CANARY + b"')</script></html>"
PHP = b"<?php system('" + CANARY + b"'); ?>"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def ihdr(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, depth, colour, 0, 0, 0))


def png_with(*chunks: bytes) -> bytes:
    """A good PNG with chunks put before its pixels."""
    plain = drawn()
    return plain[:33] + b"".join(chunks) + plain[33:]


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack("!H", len(data) + 2) + data


def jpeg_with(*segments: bytes) -> bytes:
    plain = drawn("JPEG")
    return plain[:2] + b"".join(segments) + plain[2:]


def exif(orientation: int = 1) -> bytes:
    held = Image.Exif()
    held[0x0112] = orientation
    held[0x010F] = held[0x013B] = held[0x010E] = WORD  # maker, artist, description
    held.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0), 29: WORD})
    return held.tobytes()


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def moving(form: str) -> bytes:
    held = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue", "green")]
    frames[0].save(held, form, save_all=True, append_images=frames[1:], duration=100, loop=0)
    return held.getvalue()


def profile() -> bytes:
    """The sRGB profile with the canary in its tail, and its size told again."""
    held = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + CANARY + b"\0"
    return struct.pack("!I", len(held)) + held[4:]


def sixteen_bits() -> bytes:
    held = io.BytesIO()
    Image.new("I;16", (64, 48), 40_000).save(held, "PNG")
    return held.getvalue()


def palette() -> bytes:
    held, image = io.BytesIO(), Image.new("P", (64, 48), 1)
    image.putpalette([255, 0, 0, 0, 128, 0] + [0] * 762)
    image.save(held, "PNG", transparency=1)
    return held.getvalue()


def tagged_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Comment", WORD)
    notes.add_text("Author", WORD, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", f"<x>{WORD}</x>", zip=True)
    return drawn(pnginfo=notes, exif=exif(), icc_profile=profile())


def several_pictures() -> bytes:
    held = io.BytesIO()
    first, second = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (64, 48), "blue")
    first.save(held, "MPO", save_all=True, append_images=[second])
    return held.getvalue()


def zeros(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes * 1_000_000), 9)


# What is published, without the canary. Most are what honest people send without knowing what they hold.
CLEANED = {
    "jpeg_html": jpeg_with(segment(0xFE, SCRIPT)),
    "jpeg_html_after_the_end": drawn("JPEG") + SCRIPT,
    "jpeg_php_in_comment": jpeg_with(segment(0xFE, PHP)),
    "jpeg_exif_gps": drawn("JPEG", exif=exif()),
    "jpeg_xmp": jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + CANARY + b"</x>")),
    "jpeg_iptc": jpeg_with(segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0b" + CANARY)),
    "jpeg_unknown_segment": jpeg_with(segment(0xEB, b"JP\0\0" + CANARY)),
    "jpeg_pdf": jpeg_with(segment(0xFE, b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(" + CANARY + b")>>endobj")),
    "jpeg_zip": drawn("JPEG") + zipped(virus__exe=CANARY),
    "jpeg_exif_garbage": jpeg_with(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff" + CANARY)),
    "jpeg_profile": drawn("JPEG", icc_profile=profile()),
    "jpeg_profile_garbage": drawn("JPEG", icc_profile=CANARY * 40),
    "jpeg_cmyk": drawn("JPEG", mode="CMYK", comment=CANARY),
    "jpeg_grey": drawn("JPEG", mode="L", comment=CANARY),
    "jpeg_several_pictures": several_pictures(),
    "png_zip": drawn() + zipped(virus__exe=CANARY),
    "png_php_after_the_end": drawn() + PHP,
    "png_texts": tagged_png(),
    "png_private_chunk": png_with(chunk(b"prVt", CANARY)),
    "png_script_in_palette_name": png_with(chunk(b"sPLT", SCRIPT + b"\0\x08")),
    "png_sixteen_bits": sixteen_bits(),
    "png_palette_see_through": palette(),
    "png_one_bit": drawn(mode="1"),
    "png_grey_see_through": drawn(mode="LA"),
    "png_one_pixel": drawn(size=(1, 1)),
    "png_very_long": drawn(size=(30_000, 2)),
    "webp_exif_xmp": drawn("WEBP", exif=exif(), xmp=CANARY, icc_profile=profile()),
    "webp_html_after_the_end": drawn("WEBP") + SCRIPT,
}

# What the inspection refuses: the first bytes are those of an image, the rest is not.
REFUSED = {
    "png_huge_by_its_header": PNG_HEAD
    + ihdr(100_000, 100_000)
    + chunk(b"IDAT", zeros(1))
    + chunk(b"IEND", b""),
    "png_fifty_megapixels": PNG_HEAD
    + ihdr(8_000, 6_500, 1, 0)
    + chunk(b"IDAT", zeros(7))
    + chunk(b"IEND", b""),
    "png_ztxt_bomb": png_with(chunk(b"zTXt", b"Comment\0\0" + zeros(200))),
    "png_itxt_bomb": png_with(chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros(200))),
    "png_many_texts": png_with(*[chunk(b"zTXt", b"C\0\0" + zeros(1)) for _time in range(60)]),
    "png_profile_bomb": png_with(chunk(b"iCCP", b"p\0\0" + zeros(200))),
    "png_truncated": drawn(size=(900, 900))[:300],
    "png_wrong_checksum": drawn()[:40] + b"\0\0\0\0" + drawn()[44:],
    "png_head_only": PNG_HEAD,
    "png_pixels_are_noise": PNG_HEAD
    + ihdr(64, 64)
    + chunk(b"IDAT", b"\x78\x9c" + SCRIPT)
    + chunk(b"IEND", b""),
    "png_no_pixels": PNG_HEAD + ihdr(64, 64) + chunk(b"IEND", b""),
    "png_zero_wide": PNG_HEAD + ihdr(0, 64) + chunk(b"IDAT", zeros(1)) + chunk(b"IEND", b""),
    "png_animated": moving("PNG"),
    "webp_animated": moving("WEBP"),
    "webp_noise": b"RIFF\xff\xff\xff\xffWEBPVP8 " + SCRIPT * 20,
    "webp_huge_by_its_header": b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff",
    "jpeg_truncated": drawn("JPEG", size=(900, 900))[:700],
    "jpeg_head_then_zip": b"\xff\xd8\xff\xe0" + zipped(virus__exe=CANARY),
    "jpeg_head_then_script": b"\xff\xd8\xff" + SCRIPT,
    "jpeg_huge_by_its_header": b"\xff\xd8"
    + segment(0xC0, b"\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\1\x03\x11\1"),
}

# What is refused at once, by its first bytes, whatever its name says.
AT_THE_DOOR = {
    "nothing": b"",
    "one_byte": b"\x89",
    "gif": drawn("GIF"),
    "bmp": drawn("BMP"),
    "tiff": drawn("TIFF"),
    "svg_script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg_after_blanks": b'\xef\xbb\xbf\n\n <?xml version="1.0"?><svg onload="alert(1)"/>',
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "php": PHP,
    "shell": b"#!/bin/sh\ncurl x | sh\n",
    "windows_program": b"MZ\x90\0" + bytes(100),
    "linux_program": b"\x7fELF" + bytes(100),
    "zip_bomb": zipped(a=bytes(30_000_000)),
    "office_macros": zipped(word__vbaProject_bin=CANARY, word__document_xml=b"<w/>"),
    "old_office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(40),
    "avif": b"\0\0\0\x18ftypavif\0\0\0\0" + bytes(40),
    "text": "Bonjour à tous".encode("utf-16"),
}
