"""Charts: their scales, what they write, what they never draw wrong."""

import re
from datetime import date

from django.template import Context, Template

from ozeli.core.charts import Bar, DayPoint, Part, Spread, day_span, day_ticks, scale_of


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


LINE = '{% line_chart points=points label="Dossiers repris" unit="%" goal=goal start=start %}'


def test_scale_holds_every_value_in_round_steps() -> None:
    assert scale_of([48, 47, 63, 70]).ticks == (40, 50, 60, 70)
    assert scale_of([0.12, 0.31]).ticks == (0.1, 0.15, 0.2, 0.25, 0.3, 0.35)
    assert scale_of([-5, 5]).ticks == (-5, 0, 5)


def test_scale_of_one_value_or_none_still_has_two_ends() -> None:
    for values in ([7], [0], [-3], []):
        scale = scale_of(values)
        assert scale.low < scale.high, values
        assert all(0 <= scale.share(value) <= 100 for value in values)


def test_axis_of_time_writes_months_then_years() -> None:
    assert [words for _day, words in day_ticks(date(2026, 6, 20), date(2027, 1, 15))] == [
        "juil.\u00a02026",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
        "janv.\u00a02027",
    ]
    assert [said for _day, said in day_ticks(date(2019, 5, 1), date(2026, 5, 1))] == [
        str(year) for year in range(2020, 2027)
    ]


def test_axis_of_a_century_keeps_few_words() -> None:
    assert len(day_ticks(date(1900, 1, 1), date(2026, 1, 1))) <= 7


def test_days_too_near_are_given_a_month() -> None:
    assert day_span([date(2026, 5, 4)]) == (date(2026, 4, 19), date(2026, 5, 19))


def test_line_writes_its_first_and_last_values_and_its_goal() -> None:
    points = [DayPoint(date(2026, month, 15), value) for month, value in ((9, 53), (7, 48), (11, 63))]
    html = drawn(LINE, points=points, goal=70, start=45)
    said = words(html)
    assert "48\u00a0%" in said.replace("  ", " ") or "48 %" in said
    assert html.count('class="strong"') == 2
    assert "cible\u00a070\u00a0%" in html
    assert html.count('class="start"') == 1 and "départ\u00a045\u00a0%" in html
    # The measures are drawn in the order of their days.
    assert [
        float(x) for x in re.findall(r"[ML](\d+(?:\.\d+)?) ", re.search(r'curve" d="([^"]+)', html)[1])
    ] == [  # type: ignore[index]
        4,
        52.39,
        100,
    ]


def test_start_that_is_the_first_value_is_not_drawn_twice() -> None:
    points = [DayPoint(date(2026, month, 15), value) for month, value in ((7, 48), (11, 63))]
    assert "départ" not in drawn(LINE, points=points, goal=None, start=48)


def test_values_are_written_where_nothing_passes() -> None:
    def heights(*values: float, goal: float | None = None) -> list[tuple[float, float]]:
        """(ring, words) of the first and the last."""
        points = [DayPoint(date(2026, month + 1, 1), value) for month, value in enumerate(values)]
        html = drawn(LINE, points=points, goal=goal, start=None)
        rings = [float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)h", re.search(r'pt" d="([^"]+)', html)[1])]  # type: ignore[index]
        words = [float(y) for y in re.findall(r'class="strong"[^>]* y="([\d.]+)"', html)]
        return [(rings[0], words[0]), (rings[-1], words[-1])]

    (first, said), (last, last_said) = heights(48, 47, 63)
    assert said < first and last_said < last
    (first, said), (last, last_said) = heights(40, 80, 60)
    assert said < first and last_said > last  # the foot of the drawing; then the curve comes from above
    (_first, _said), (last, last_said) = heights(48, 52, 68, goal=70)
    assert last_said > last  # the goal passes just above
    (_first, _said), (last, last_said) = heights(15, 11, 7, goal=6)
    assert abs(last_said - last) < 6  # the curve above, the goal under: beside


def test_line_of_one_measure_writes_it_once() -> None:
    html = drawn(LINE, points=[DayPoint(date(2026, 5, 4), 12)], goal=None, start=None)
    assert html.count('class="strong"') == 1
    assert "goal" not in html


def test_line_of_nothing_is_nothing() -> None:
    assert drawn(LINE, points=[], goal=70, start=None) == ""


def test_columns_open_their_rows_and_say_what_they_are() -> None:
    html = drawn(
        '{% bar_chart bars=bars label="Étapes passées" %}',
        bars=[Bar("0", 6, "/projets/?passees=0"), Bar("1", 12)],
    )
    assert '<a href="/projets/?passees=0" aria-label="0\u00a0: 6">' in html
    assert 'role="group"' in html
    assert 'role="img"' in drawn('{% bar_chart bars=bars label="x" %}', bars=[Bar("0", 6)])


def test_columns_of_zeros_stand_on_their_axis() -> None:
    html = drawn('{% bar_chart bars=bars label="x" %}', bars=[Bar("0", 0), Bar("1", 0)])
    assert html.count('height="0.0"') == 2


def test_parts_keep_their_shares_and_their_words() -> None:
    parts = [Part("Dépensé", 25, "c1"), Part("Engagé", 0, "hatch"), Part("Prévu", 75, "c-plan", "100\u00a0€")]
    html = drawn('{% split_bar parts=parts label="Budget" %}', parts=parts)
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', html) == [("0.0", "25.0"), ("25.0", "75.0")]
    assert words(html) == "Dépensé 25 Engagé 0 Prévu 100 €"


def test_two_drawings_of_a_page_do_not_share_a_texture() -> None:
    one = drawn('{% split_bar parts=parts label="A" %}', parts=[Part("x", 1, "dots")])
    other = drawn('{% split_bar parts=parts label="B" %}', parts=[Part("x", 1, "dots")])
    found = [set(re.findall(r'id="([^"]+)"', html)) for html in (one, other)]
    assert found[0] and found[1] and not found[0] & found[1]


def test_nothing_to_split_is_an_empty_bar() -> None:
    assert "<rect" not in drawn('{% split_bar parts=parts label="x" keys=False %}', parts=[Part("a", 0)])


def test_spread_shows_its_median_on_a_scale_from_zero() -> None:
    html = drawn('{% range_chart rows=rows label="Temps" unit="j" %}', rows=[Spread("1. Poser", 10, 20, 50)])
    assert "20\u00a0j" in html
    assert 'd="M20.0 50H100.0"' in html
    assert 'd="M40.0 50h.01"' in html


def test_twin_is_a_table_with_its_heads() -> None:
    html = drawn(
        "{% chart_twin caption=caption head=head rows=rows %}",
        caption="Causes",
        head=("Cause", "Projets"),
        rows=[("Budget", 1204), ("<b>", "—")],
    )
    assert '<th scope="row">Budget</th><td class="num">1\u202f204</td>' in html
    assert "<details" in html and "<b>" not in html


def test_words_of_people_are_escaped_in_every_chart() -> None:
    bad = "<script>alert(1)</script>"
    for source, context in (
        ("{% line_chart points=points label=bad unit=bad %}", {"points": [DayPoint(date(2026, 1, 1), 1)]}),
        ("{% bar_chart bars=bars label=bad axis=bad %}", {"bars": [Bar(bad, 1, bad)]}),
        ("{% bar_list bars=bars label=bad %}", {"bars": [Bar(bad, 1, bad, bad)]}),
        ("{% split_bar parts=parts label=bad %}", {"parts": [Part(bad, 1, "dots", bad, bad, bad)]}),
        ("{% range_chart rows=rows label=bad unit=bad %}", {"rows": [Spread(bad, 1, 2, 3, bad, bad)]}),
    ):
        assert "<script>" not in drawn(source, bad=bad, **context), source
