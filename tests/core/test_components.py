"""Components: what they say, what they refuse, how fast they are."""

import re
import time

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from ozeli.core.gallery import ALIKE, STEPS, THREAD_LIVED, THREAD_WIDE, THREAD_YOUNG
from ozeli.core.templatetags.marks import marked
from ozeli.core.ui import BadgeLook, ThreadNode, initials


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_icon_is_two_elements_and_hidden_from_readers() -> None:
    html = drawn('{% icon "clock" %}')
    assert html.count("<") == 3
    assert 'aria-hidden="true"' in html
    assert "#clock" in html


def test_icon_unknown_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="No icon"):
        drawn('{% icon "unicorn" %}')


@pytest.mark.parametrize("source", ['{% badge colour="red" %}', "{% kind %}", '{% vote_button action="/" %}'])
def test_arguments_are_closed(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template(source)


def test_badge_says_its_word_and_shape() -> None:
    html = drawn("{% badge look=look boxed=True %}", look=BadgeLook("Non retenue", "stop", "rest"))
    assert words(html) == "Non retenue"
    assert "is-rest" in html
    assert "#stop" in html


def test_text_of_people_is_escaped() -> None:
    html = drawn("{% who name=name %}{% key_figure value=1 label=name definition=name %}", name="<b>x</b>")
    assert "<b>x</b>" not in html


@pytest.mark.parametrize(
    ("name", "letters"), [("Claire Delattre", "CD"), ("Solène Le Goff", "SL"), ("Ozéli", "O"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_thread_tells_where_one_stands() -> None:
    html = drawn("{% thread nodes=nodes %}", nodes=THREAD_LIVED)
    assert html.count('aria-current="step"') == 1
    assert "Idée, vous êtes ici" in words(html)
    assert "14\u00a0feuilles, une par organisme" in html


def test_thread_dashes_what_has_not_happened() -> None:
    html = drawn("{% thread nodes=nodes %}", nodes=THREAD_YOUNG)
    assert html.count("is-next") == 3
    assert html.count("to-next") == 3


def test_thread_of_sixty_adopters_draws_twenty_leaves_and_says_sixty() -> None:
    html = drawn("{% thread nodes=nodes %}", nodes=THREAD_WIDE)
    assert "60 organismes, 20 feuilles dessinées" in html
    assert html.split('<path d="')[1].count("Z") == 20
    assert "et 3 autres idées" in html


def test_thread_refuses_an_unknown_kind() -> None:
    with pytest.raises(KeyError):
        drawn("{% thread nodes=nodes %}", nodes=[ThreadNode("dream", "x")])


def test_stepper_marks_steps_gates_and_groups() -> None:
    html = drawn("{% stepper steps=steps %}", steps=STEPS)
    assert html.count("<li") == 7
    assert html.count("gate") == 2
    assert html.count("grp") == 1
    assert html.count('aria-current="step"') == 1


def test_vote_posts_the_wanted_state() -> None:
    request = RequestFactory().get("/")
    token = {"csrf_token": "jeton"}
    free = Template('{% vote_button action="/v/" count=41 title="SMS" %}').render(
        Context(token | {"request": request})
    )
    assert 'class="vote" name="want" value="1"' in free
    assert 'value="jeton"' in free
    assert words(free) == "41 voter"
    assert 'aria-label="41 voter pour SMS"' in free
    own = drawn('{% vote_button action="/v/" count=64 own=True %}')
    assert 'class="vote is-cast" name="want" value="0"' in own
    assert words(own) == "64 votre vote"


def test_vote_of_a_sheet_keeps_its_verb_beside_the_rule() -> None:
    html = drawn('{% vote_button action="/v/" count=2 wide=True note="Il vous reste 3 votes sur 5" %}')
    assert words(html) == "2 votes Voter pour cette idée Il vous reste 3 votes sur 5"
    own = drawn('{% vote_button action="/v/" count=2 own=True wide=True %}')
    assert words(own) == "2 votes, dont le vôtre Appuyer de nouveau pour le retirer"


def test_votes_of_a_list_share_one_form() -> None:
    html = drawn('{% votes_form %}{% vote_button action="/v/" count=41 title="SMS" shared=True %}')
    assert html.count("<form") == 1
    assert 'form="votes" formaction="/v/"' in html
    assert """hx-vals='{"want":"1"}'""" in html


def test_vote_closed_has_no_button() -> None:
    html = drawn('{% vote_button action="/v/" count=214 own=True is_open=False %}')
    assert "<form" not in html
    assert words(html) == "214 votre vote , votes clos"


class Sample(forms.Form):
    answer = forms.CharField(label="Réponse", widget=forms.Textarea, max_length=500, help_text="Une phrase.")
    note = forms.CharField(label="Note", required=False)
    choice = forms.ChoiceField(label="Choix", widget=forms.RadioSelect, choices=[("a", "Un"), ("b", "Deux")])


def test_field_ties_hint_error_and_counter_to_its_control() -> None:
    html = drawn('{% field form.answer count="characters" at_least=80 %}', form=Sample({}))
    assert 'aria-describedby="id_answer-hint id_answer-error id_answer-count"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_answer-hint") < html.index('id="id_answer-error"') < html.index("<textarea")
    assert "80 caractères au moins." in html


def test_field_says_facultatif_unless_told_not_to() -> None:
    assert "(facultatif)" in drawn("{% field form.note %}", form=Sample())
    assert "(facultatif)" not in drawn("{% field form.note optional=False %}", form=Sample())


def test_choices_are_a_group_with_hints() -> None:
    html = drawn("{% field form.choice hints=hints %}", form=Sample(), hints={"a": "Le premier."})
    assert "<fieldset" in html
    assert html.count('type="radio"') == 2
    assert html.count("Le premier.") == 1
    for identifier in re.findall(r'<label class="choice" for="([^"]+)"', html):
        assert f'id="{identifier}"' in html


def test_error_summary_links_each_error_to_its_field() -> None:
    html = drawn('{% error_summary form lead="Rien n’est perdu." %}', form=Sample({}))
    assert 'href="#id_answer"' in html
    assert 'href="#id_choice"' in html
    assert drawn('{% error_summary form lead="x" %}', form=Sample()) == ""


def test_marked_ignores_accents_case_and_plural() -> None:
    html = marked("Les Créneaux du RENDEZ, <i>annulés</i>", ["creneaux", "rendez"])
    assert html.count("<mark>") == 2
    assert "&lt;i&gt;" in html


def test_lookalike_tells_the_shared_words() -> None:
    html = drawn("{% lookalike_panel items=items %}", items=ALIKE)
    assert "<mark>veille</mark>" in html
    assert "SMS, veille, lien, annuler" in html


def test_lookalike_panel_without_answer_says_so() -> None:
    html = drawn('{% lookalike_panel items=items empty="Rien de semblable pour l’instant." %}', items=[])
    assert "Rien de semblable" in html
    assert "<ul>" not in html


def test_pager_has_no_page_number_and_vanishes_alone() -> None:
    assert drawn("{% pager %}") == ""
    html = drawn('{% pager next_url="?apres=x" %}')
    assert 'rel="next"' in html
    assert 'rel="prev"' not in html


def test_breadcrumb_takes_words_and_addresses_in_turn() -> None:
    html = drawn('{% breadcrumb "Idées" "/idees/" "Déposer" %}')
    assert words(html) == "Accueil Idées Déposer"
    assert 'aria-current="page">Déposer' in html


def test_breadcrumb_cuts_a_title_without_a_word_of_dots() -> None:
    html = drawn('{% breadcrumb "Idées" "/idees/" title|truncatewords:2 %}', title="Rappeler le rendez-vous")
    assert 'aria-current="page">Rappeler le…</li>' in html


def test_export_links_ask_for_a_spreadsheet_with_or_without_filters() -> None:
    for url, asked in (("export.csv", "export.csv?format=xlsx"), ("export.csv?", "export.csv?format=xlsx")):
        assert f'href="{asked}"' in drawn("{% export_links url=url words='Exporter' %}", url=url)
    html = drawn(
        "{% export_links url='export.csv?q=a' words='Exporter' save='/moi/recherches/nouvelle/?q=a' %}"
    )
    assert 'href="export.csv?q=a&amp;format=xlsx"' in html
    assert "Enregistrer cette recherche" in words(html)


def test_no_component_carries_style_or_script() -> None:
    html = drawn(
        "{% thread nodes=nodes %}{% gauge value=57 label='x' %}{% tile_map counts=c label='x' %}",
        nodes=THREAD_LIVED,
        c={"32": 3},
    )
    assert "style=" not in html
    assert "<script" not in html


ROW = Template(
    '{% for i in rows %}{% vote_button action="/v/" count=41 title="x" key=i %}{% badge look=look %}'
    '{% icon "talk" small=True %}{% promise text="Attend" %}{{ i|plural:"vote" }}{% endfor %}'
)


def test_fifteen_rows_of_components_are_cheap() -> None:
    context = Context({"rows": range(15), "look": BadgeLook("Déposée", "ring")})
    ROW.render(context)
    best = min(_timed(context) for _ in range(20))
    assert best < 0.004, f"{best * 1000:.1f} ms for fifteen rows"


def _timed(context: Context) -> float:
    begin = time.perf_counter()
    ROW.render(context)
    return time.perf_counter() - begin
