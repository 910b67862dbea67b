"""Contrast as WCAG counts it, and the colours that are made from two."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from ozeli.portal import theming
from ozeli.portal.colours import CONTROL, TEXT, contrast, luminance, mix, nearest

TOKENS = Path(settings.BASE_DIR) / "ozeli/core/static/core/css/tokens"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the grey that just fails AA
        ("#767676", "#ffffff", 4.54),  # the grey that just passes it
        ("#949494", "#ffffff", 3.03),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#008000", "#ffffff", 5.14),
    ],
)
def test_known_contrasts(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == pytest.approx(ratio, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


def test_luminance_of_the_ends() -> None:
    assert luminance("#000000") == 0
    assert luminance("#ffffff") == pytest.approx(1)


def test_mix_goes_from_one_to_the_other() -> None:
    assert [mix("#000000", "#ffffff", share) for share in (0, 0.5, 1)] == ["#000000", "#808080", "#ffffff"]


@pytest.mark.parametrize("colour", ["#f2b632", "#ff0000", "#7fdbff", "#cccccc", "#777777"])
def test_nearest_passes_and_keeps_the_hue(colour: str) -> None:
    found = nearest(colour, theming.LIGHT.values(), TEXT)

    assert min(contrast(found, ground) for ground in theming.LIGHT.values()) >= TEXT
    assert contrast(found, "#fbfaf7") < 5.4, "the nearest, not just any"


def test_nearest_keeps_what_passes_and_says_when_none_does() -> None:
    assert nearest("#0b5c6b", ["#ffffff"], TEXT) == "#0b5c6b"
    assert nearest("#777777", ["#000000", "#ffffff"], 7) == ""


def test_grounds_are_those_of_the_stylesheet() -> None:
    for name, grounds in (("tokens", theming.LIGHT), ("dark", theming.DARK)):
        text = (TOKENS / f"{name}.css").read_text(encoding="utf-8")
        found = {ground: re.search(rf"--{ground}: (#\w+)", text)[1] for ground in grounds}
        assert found == grounds


def test_our_own_colours_pass() -> None:
    assert theming.refused_action(theming.ACTION) == ""
    assert theming.refused_accent(theming.ACCENT, theming.ACTION) == ""


@pytest.mark.parametrize(
    "action", ["#0b5c6b", "#1d4ed8", "#7c2d12", "#000091", "#4a044e", "#166534", "#222222", "#b91c1c"]
)
@pytest.mark.parametrize("accent", ["#f2b632", "#fca5a5", "#e5e7eb", "#67e8f9"])
def test_whatever_is_accepted_reads_in_both_themes(action: str, accent: str) -> None:
    if theming.refused_action(action) or theming.refused_accent(accent, action):
        pytest.skip("refused before")
    weak = [check for check in theming.checks(action, accent) if not check.is_enough]
    assert weak == []
    values = theming.light_values(action, accent)
    assert contrast(theming.FOOTER_INK, values["footer"]) >= TEXT
    assert contrast(theming.ON_CHART, values["chart-2"]) >= TEXT


def test_refusal_gives_the_ratio_and_the_nearest() -> None:
    said = theming.refused_action("#f2b632")

    assert "il en faut 4,5\u00a0pour\u00a01" in said
    near = re.search(r"#\w{6}", said)[0]
    assert theming.refused_action(near) == ""
    assert "3\u00a0pour\u00a01" in theming.refused_accent("#0b5c70", "#0b5c6b")


def test_controls_need_three() -> None:
    assert {check.least for check in theming.checks(theming.ACTION, theming.ACCENT)} == {TEXT, CONTROL}
