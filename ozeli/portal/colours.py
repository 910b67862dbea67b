"""Colours and their contrast, as WCAG 2.2 counts it; and the nearest colour that passes."""

import colorsys
from collections.abc import Iterable

TEXT = 4.5
CONTROL = 3.0
STEPS = 400


def channels(colour: str) -> tuple[int, int, int]:
    """The red, green and blue of « #0b5c6b »."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black and 1 for white."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white), whichever is the ground."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with that share (0 to 1) of the other."""
    mixed = (
        round(mine + (theirs - mine) * share)
        for mine, theirs in zip(channels(colour), channels(other), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def passes(colour: str, grounds: Iterable[str], least: float) -> bool:
    return all(contrast(colour, ground) >= least for ground in grounds)


def nearest(colour: str, grounds: Iterable[str], least: float) -> str:
    """The colour of the same hue, as little lighter or darker as can be, that passes on every ground.

    « » when none does (grounds both dark and light).
    """
    grounds = list(grounds)
    if passes(colour, grounds, least):
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in channels(colour)))
    for step in range(1, STEPS + 1):
        for moved in (light - step / STEPS, light + step / STEPS):
            if 0 <= moved <= 1:
                parts = colorsys.hls_to_rgb(hue, moved, saturation)
                found = "#" + "".join(f"{round(part * 255):02x}" for part in parts)
                if passes(found, grounds, least):
                    return found
    return ""
