"""The colours of a body: two are chosen, every other is made from them, and all are checked in both themes."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ozeli.core.memo import kept_for

from . import logos
from .colours import CONTROL, TEXT, contrast, mix, nearest, passes
from .models import Theme

NAME = "Ozéli"
ACTION, ACCENT = "#0b5c6b", "#f2b632"
WHITE, BLACK = "#ffffff", "#000000"
# The grounds of core/css/tokens, on which everything stands (a test keeps them equal).
LIGHT = {"paper": "#fbfaf7", "surface": "#ffffff", "sunken": "#f3f0e8"}
DARK = {"paper": "#12171f", "surface": "#191f29", "sunken": "#0d1117"}
FOOTER_INK, ON_CHART = "#e9f1f0", "#10181f"


@dataclass(frozen=True, slots=True)
class Look:
    """What the frame of every page shows of the theme. No stylesheet when the colours are ours."""

    name: str
    initials: str
    stylesheet: str
    logo: logos.Logo | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A contrast: what stands on what, in which theme, how much and how much is needed."""

    said: str
    theme: str
    front: str
    ground: str
    ratio: float
    least: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.least


@kept_for(30)
def current() -> tuple[Look, str]:
    """The look of every page and its stylesheet; half a minute old at most in the other processes."""
    theme = Theme.objects.first()
    if theme is None:
        return Look(NAME, "", ""), ""
    css = stylesheet(theme.action or ACTION, theme.accent or ACCENT) if theme.action or theme.accent else ""
    mark = hashlib.sha256(css.encode()).hexdigest()[:12] if css else ""
    sheet = f"/theme.css?v={mark}" if mark else ""
    return Look(theme.name or NAME, theme.initials, sheet, logos.logo_of(theme)), css


def light_values(action: str, accent: str) -> dict[str, str]:
    """The values of the light theme, by the names of core/css/tokens."""
    soft = mix(action, WHITE, 0.9)
    spark_soft = mix(accent, WHITE, 0.84)
    grounds = [*LIGHT.values(), spark_soft]
    chart_2 = nearest(mix(action, WHITE, 0.4), [ON_CHART], TEXT)
    return {
        "brand": action,
        "brand-strong": mix(action, BLACK, 0.32),
        "brand-soft": soft,
        "on-brand": WHITE,
        "own-vote": accent if passes(accent, [action], CONTROL) else WHITE,
        "spark": accent,
        "spark-soft": spark_soft,
        "spark-edge": nearest(accent, grounds, CONTROL),
        "footer": nearest(mix(action, BLACK, 0.38), [FOOTER_INK], 7),
        "footer-line": mix(action, WHITE, 0.15),
        "focus-halo": accent,
        "chart-1": action,
        "chart-2": chart_2,
        "chart-3": mix(action, WHITE, 0.72),
    }


def dark_values(action: str, accent: str) -> dict[str, str]:
    """The values of the dark theme: the same hues, light enough for its grounds."""
    soft = mix(action, DARK["paper"], 0.7)
    brand = nearest(mix(action, WHITE, 0.45), [*DARK.values(), soft], 6)
    on_brand = nearest(mix(action, BLACK, 0.72), [brand], TEXT)
    spark_soft = mix(accent, DARK["paper"], 0.84)
    return {
        "brand": brand,
        "brand-strong": mix(brand, WHITE, 0.35),
        "brand-soft": soft,
        "on-brand": on_brand,
        "own-vote": on_brand,
        "spark": accent,
        "spark-soft": spark_soft,
        "spark-edge": nearest(accent, [*DARK.values(), spark_soft], CONTROL),
        "focus-halo": action,
        "chart-1": brand,
        "chart-2": mix(brand, DARK["paper"], 0.42),
        "chart-3": mix(brand, DARK["paper"], 0.68),
    }


def checks(action: str, accent: str) -> list[Check]:
    """Every contrast that the two colours decide, in both themes."""
    in_light = _checks("clair", LIGHT, light_values(action, accent))
    in_dark = _checks("sombre", DARK, dark_values(action, accent))
    return [*in_light, *in_dark]


def _checks(theme: str, grounds: Mapping[str, str], values: Mapping[str, str]) -> Iterator[Check]:
    pairs = [
        ("liens et boutons sur le fond", values["brand"], grounds["paper"], TEXT),
        ("liens sur les fonds creusés", values["brand"], grounds["sunken"], TEXT),
        ("liens sur leur fond doux", values["brand"], values["brand-soft"], TEXT),
        ("texte des boutons pleins", values["on-brand"], values["brand"], TEXT),
        ("signe du vote sur son bouton", values["own-vote"], values["brand"], CONTROL),
        ("liseré d’accent sur le fond", values["spark-edge"], grounds["paper"], CONTROL),
    ]
    for said, front, ground, least in pairs:
        yield Check(said, theme, front, ground, round(contrast(front, ground), 2), least)


def refused_action(action: str) -> str:
    """Why that colour of actions cannot be read, with the nearest that can; nothing when it can."""
    return _refused(action, [*LIGHT.values(), mix(action, WHITE, 0.9)], TEXT, "sur les fonds clairs")


def refused_accent(accent: str, action: str) -> str:
    """Why that accent cannot be told from the colour of actions; nothing when it can."""
    return _refused(accent, [action], CONTROL, "sur la couleur des actions")


def _refused(colour: str, grounds: list[str], least: float, where: str) -> str:
    ratio = min(contrast(colour, ground) for ground in grounds)
    if ratio >= least:
        return ""
    near = nearest(colour, grounds, least)
    said = f"Contraste de {_french(ratio)} {where}\u00a0: il en faut {_french(least)}."
    return f"{said} La plus proche qui convient\u00a0: {near}." if near else said


def _french(ratio: float) -> str:
    return f"{int(ratio * 100) / 100:.2f}".replace(".", ",").rstrip("0").rstrip(",") + "\u00a0pour\u00a01"


def stylesheet(action: str, accent: str) -> str:
    """The tokens of both themes; unlayered, so that they win over ours."""
    dark = _declared(dark_values(action, accent))
    return (
        f":root{{{_declared(light_values(action, accent))}}}"
        f':root[data-theme="dark"]{{{dark}}}'
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}\n"
    )


def _declared(values: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())
