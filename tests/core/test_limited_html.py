"""Whatever an administrator types, only a few harmless tags come out."""

import re

import pytest

from ozeli.core.limited_html import TAGS, limited_html


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("Un\nDeux\n\nTrois", "<p>Un<br>Deux</p><p>Trois</p>"),
        ("## Titre", "<h3>Titre</h3>"),
        ("- a\n- *b*", "<ul><li>a</li><li><em>b</em></li></ul>"),
        ("## Titre\nUn\n- a\nDeux", "<h3>Titre</h3><p>Un</p><ul><li>a</li></ul><p>Deux</p>"),
        ("**gras** et 2 * 3 * 4", "<p><strong>gras</strong> et 2 * 3 * 4</p>"),
        ("[x](/idees/)", '<p><a href="/idees/" rel="noopener noreferrer">x</a></p>'),
        ("", ""),
    ],
)
def test_small_markdown(typed: str, made: str) -> None:
    assert limited_html(typed) == made


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](//mechant.test/)",
        '[x](https://a.test/"onmouseover="alert(1))',
        "[x](data:text/html;base64,AAAA)",
        "<svg onload=alert(1)>",
        "[<b onclick=a>x</b>](https://a.test/)",
        "<style>body{display:none}</style>",
        "**<iframe src=https://a.test>**",
    ],
)
def test_hostile_texts_are_harmless(typed: str) -> None:
    made = limited_html(typed)

    assert set(re.findall(r"<(\w+)", made)) <= TAGS
    assert set(re.findall(r"<\w+ (\w+)=", made)) <= {"href"}
    assert all(href.startswith(("https://", "mailto:", "/")) for href in re.findall(r'href="([^"]*)"', made))
    assert not re.search(r'href="//', made)
