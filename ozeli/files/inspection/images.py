"""Images: decoded whole, turned upright, brought to sRGB and to a useful size, written anew without any metadata."""

import io
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from ozeli.files.inspection import Unreadable
from ozeli.files.signatures import JPEG, PNG, WEBP

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2560
WIDTHS = (480, 960, 1600)
ORIENTATION = 0x0112

FORMATS = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
HOW: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "JPEG": {"quality": 86, "optimize": True, "progressive": True},
    "WEBP": {"quality": 84, "method": 4},
}
# What turns an image upright, by its EXIF orientation.
_UPRIGHT = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
PngImagePlugin.MAX_TEXT_CHUNK = 1_000_000
PngImagePlugin.MAX_TEXT_MEMORY = 4_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)


def clean(media_type: str, source: Path, folder: Path) -> dict[str, Any]:
    """Write `main` and its renditions in `folder`; their sizes."""
    name = FORMATS[media_type]
    image = _upright(_read(name, source))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if name == "JPEG" and image.mode != "RGB":
        image = image.convert("RGB")
    image.save(folder / "main", name, **HOW[name])
    return {"width": image.width, "height": image.height, "renditions": _renditions(image, folder)}


def _read(name: str, source: Path) -> Image.Image:
    """The pixels, in RGB or RGBA, with nothing else of the file."""
    try:
        image: Image.Image = Image.open(source, formats=(name,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Unreadable(
            "Cette image est trop grande : 40 millions de pixels au plus. Réduisez-la, puis joignez-la."
        ) from bomb
    if name != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise Unreadable("Cette image est animée. Joignez une image fixe.")
    if name == "JPEG":
        image.draft(
            "RGB", (LONGEST_SIDE, LONGEST_SIDE)
        )  # decoded at a half or a quarter of its size when huge
    image.load()  # before anything is asked of it: a second reading of broken pixels would say nothing
    orientation = _orientation(image)
    plain = _colours(image, image.info.get("icc_profile"))
    plain.info = {"upright": orientation}
    return plain


def _orientation(image: Image.Image) -> int:
    """How the camera was held; upright when the EXIF block is not one."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # EXIF is written by anybody: no fault of it is worth refusing the image
        return 1


def _upright(image: Image.Image) -> Image.Image:
    for how in _UPRIGHT.get(image.info["upright"], ()):
        image = image.transpose(how)
    image.info = {}
    return image


def _colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """sRGB pixels: eight bits, transparency kept, the profile applied rather than carried along."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")  # 16 bits to 8
        profile = None
    see_through = image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info
    if profile and not see_through and image.mode in {"RGB", "CMYK", "L"}:
        try:
            held = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            drawn = ImageCms.profileToProfile(image, held, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if drawn is not None:
                return drawn
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that says nothing sensible: the colours as they are
    return image.convert("RGBA" if see_through else "RGB")


def _renditions(image: Image.Image, folder: Path) -> list[list[int]]:
    """The image as WebP and AVIF at each useful width, never enlarged: [width, height]."""
    made = []
    for width in sorted({min(one, image.width) for one in WIDTHS}):
        height = max(1, round(image.height * width / image.width))
        small = image.resize((width, height), Image.Resampling.LANCZOS)
        small.save(folder / f"{width}.webp", "WEBP", quality=80, method=4)
        small.save(folder / f"{width}.avif", "AVIF", quality=60, speed=8, max_threads=1)
        made.append([width, height])
    return made
