"""Ideas from elsewhere: no signature, no clock, no vote; and the real consultations, when they are there."""

import os
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.imports import Plan, Record, guess_mapping, importers, make_plan, records, write
from ozeli.core.tables import open_table
from ozeli.engagement.models import Vote
from ozeli.engagement.selectors import tags_of
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea
from ozeli.ideas.selectors import desk, figures, listing
from tests.factories import DomainFactory, IdeaFactory

REAL = Path(os.environ.get("OZELI_REAL_DATA", "/nowhere"))
SOURCE = "Consultation de 2019"


def plan(*rows: dict[str, str], **options: str) -> Plan:
    found = [Record(number, row) for number, row in enumerate(rows, 1)]
    return make_plan(importers["ideas"], found, {"source": SOURCE} | options)


def line(identifier="1", **values: str) -> dict[str, str]:
    return {
        "external_id": identifier,
        "title": "Un guichet",
        "body": "Ouvrir le samedi.",
        "dated": "2019-10-07",
    } | values


def imported(**values: str) -> Idea:
    write(plan(line(**values)), actor=None)
    return Idea.objects.get(source=SOURCE)


@pytest.fixture(autouse=True)
def base(db):
    return None


# --- what an imported idea is ----------------------------------------------------------------------------------------


def test_it_is_neither_signed_nor_anonymous_and_nobody_owes_it_an_answer(people, sign_in):
    idea = imported(support="41", dated="2015-10-07T23:30:00+0000")
    assert (idea.is_anonymous, idea.organisation, idea.waiting_since, idea.answer_due_on) == (
        False,
        None,
        None,
        None,
    )
    assert idea.deposited_on == date(2015, 10, 8)  # the day of Paris
    assert not idea.is_overdue
    page = sign_in(people.alice).get(idea.get_absolute_url()).content.decode()
    assert "Importée de «\u202fConsultation de 2019\u202f»" in page
    assert "41\u00a0soutiens importés" in page
    assert "Anonyme" not in page
    assert "Qui répond maintenant" not in page
    assert "Le problème" not in page


def test_it_is_in_no_queue_no_figure_and_not_awaited(people):
    idea = imported(dated=clock.today().isoformat())
    for queue in (desk.Queue.LATE, desk.Queue.QUALIFY, desk.Queue.ANSWER, desk.Queue.STUDY):
        assert idea not in desk.ideas_of(people.sonia, queue)
    assert idea not in listing.matching(people.alice, listing.Wanted(state=listing.AWAITING))
    assert idea not in figures._shown()
    (row,) = listing.page(people.alice, Idea.objects.all()).rows
    assert row.who.startswith("Importée de")
    assert row.wait == ("", "")


def test_imported_support_is_never_a_vote_nor_an_order(people):
    imported(support="4000")
    voted = IdeaFactory(author=people.alice, vote_count=1)
    rows = listing.page(people.bob, Idea.objects.all(), sort="soutenues").rows
    assert rows[0].key == voted.short
    assert rows[1].votes == 0
    assert not Vote.objects.exists()


def test_people_vote_and_comment_on_it(people, sign_in):
    idea = imported()
    client = sign_in(people.alice)
    assert client.post(f"{idea.get_absolute_url()}vote/", {"want": "1"}).status_code == 302
    idea.refresh_from_db()
    assert idea.vote_count == 1


def test_it_is_found_by_the_search_with_its_origin(people):
    from ozeli.search.selectors import search
    from ozeli.search.services import index_objects

    idea = imported(title="Un guichet le samedi matin")
    index_objects(KIND, [idea.pk])
    assert [hit.object_id for hit in search("guichet samedi", user=people.alice).hits] == [idea.pk]


@pytest.mark.parametrize(
    "changes",
    [{"source": ""}, {"external_id": ""}, {"is_anonymous": True}],
)
def test_the_base_holds_the_rule(changes):
    idea = imported()
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(**changes)


def test_a_signed_idea_still_needs_its_body(people):
    idea = IdeaFactory(author=people.alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(organisation=None)


# --- rules of the import ---------------------------------------------------------------------------------------------


def test_the_same_line_again_changes_nothing_and_a_changed_one_is_one_update():
    first = imported(support="3")
    assert plan(line(support="3")).counts["unchanged"] == 1
    changed = plan(line(support="5", body="Ouvrir le samedi matin."))
    (told,) = changed.lines
    assert [(change.label, change.before, change.after) for change in told.changes] == [
        ("proposition", "Ouvrir le samedi.", "Ouvrir le samedi matin."),
        ("soutiens importés", "3", "5"),
    ]
    write(changed, actor=None)
    again = Idea.objects.get(source=SOURCE)
    assert (again.pk, again.version, again.imported_support) == (first.pk, 2, 5)
    assert plan(line(support="5", body="Ouvrir le samedi matin.")).counts["unchanged"] == 1


def test_an_idea_on_its_way_keeps_its_text():
    idea = imported()
    Idea.objects.filter(pk=idea.pk).update(state=State.UNDER_STUDY)
    assert plan(line(body="Tout autre chose.")).counts["unchanged"] == 1


def test_texts_are_cleaned():
    idea = imported(
        title="L&#39;aide &amp;amp; le droit", body="Un&nbsp;texte\r\n\r\n\r\n\r\nd&eacute;coup&eacute;"
    )
    assert idea.title == "L'aide & le droit"
    assert idea.proposal == "Un\u00a0texte\n\ndécoupé"


def test_a_long_title_is_cut_and_kept_at_the_head_of_the_text():
    full = "Un mot après l’autre " * 20
    idea = imported(title=full)
    assert len(idea.title) <= 140
    assert idea.title.endswith("…")
    assert idea.proposal.startswith(" ".join(full.split()) + "\n\n")


def test_undated_ideas_take_the_first_day_of_the_file_and_say_so(people, sign_in):
    done = plan(
        line("1", dated="", dated_else="2019-11-02T10:00:00"),
        line("2", dated="", dated_else="https://exemple.test"),
        line("3", dated="2019-10-09"),
    )
    write(done, actor=None)
    days = dict(Idea.objects.values_list("external_id", "deposited_on"))
    assert days == {"1": date(2019, 11, 2), "2": date(2019, 10, 9), "3": date(2019, 10, 9)}
    undated = Idea.objects.get(is_undated=True)
    assert undated.external_id == "2"
    assert "sans date" in sign_in(people.alice).get("/idees/").content.decode()
    again = plan(line("2", dated=""), line("4", dated="2019-01-01"))
    assert again.lines[0].outcome == "unchanged"


def test_what_was_removed_at_the_source_stays_hidden(people, sign_in):
    idea = imported(trashed="oui")
    assert idea.is_hidden
    assert sign_in(people.alice).get(idea.get_absolute_url()).status_code == 404


def test_a_category_is_a_domain_or_a_tag():
    domain = DomainFactory(code="numerique", name="Numérique")
    write(
        plan(line("1", category="NUMÉRIQUE"), line("2", category="Les communs"), tag="défi-2019"), actor=None
    )
    first, second = Idea.objects.order_by("external_id")
    assert first.domain == domain
    assert second.domain.name == "À classer"
    names = {pk: [tag.name for tag in tags] for pk, tags in tags_of(KIND, [first.pk, second.pk]).items()}
    assert names[first.pk] == ["défi-2019"]
    assert sorted(names[second.pk]) == ["Les communs", "défi-2019"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"body": " \n"}, "texte de la proposition est vide"),
        ({"title": "&nbsp;"}, "titre est vide"),
        ({"external_id": ""}, "identifiant manque"),
        ({"dated": "hier"}, "date ne se lit pas"),
        ({"dated": "2999-01-01"}, "à venir"),
        ({"support": "-3"}, "nombre entier"),
        ({"support": "1e9"}, "nombre entier"),
        ({"body": "x" * 50_001}, "50\u202f000 caractères"),
    ],
)
def test_a_refusal_says_what_to_do(values, said):
    (told,) = plan(line(**values)).lines
    assert said in told.fault.reason
    assert told.fault.column


def test_one_identifier_twice_counts_once():
    assert [told.outcome.value for told in plan(line("1"), line("1", title="Autre")).lines] == [
        "create",
        "merged",
    ]


def test_another_origin_for_the_same_identifiers_is_refused():
    imported()
    with pytest.raises(Refused, match="reprenez cette origine"):
        plan(line(), source="Autre nom")


def test_an_idea_deposited_here_is_left_alone(people):
    idea = IdeaFactory(author=people.alice)
    (told,) = plan(line(idea.short)).lines
    assert told.outcome == "left_out"


# --- the real ones ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL.exists(), reason="OZELI_REAL_DATA is not given")
@pytest.mark.parametrize(
    ("name", "created", "refused", "undated", "hidden"),
    [("ideas_republique_numerique", 696, 0, 0, 4), ("ideas_revenu_universel_activite", 1_749, 3, 105, 0)],
)
def test_the_real_proposals(name, created, refused, undated, hidden):
    importer, table = importers["ideas"], open_table(REAL / f"{name}.jsonl")
    mapping = guess_mapping(importer, table.header)
    assert mapping["support"] == "votes_for"
    done = make_plan(importer, records(table, mapping), {"source": name})
    assert (done.counts["create"], done.counts["refused"]) == (created, refused)
    assert done.counts["create"] + done.counts["refused"] == len(done.lines)
    write(done, actor=None, partial=True)
    ideas = Idea.objects.filter(source=name)
    assert ideas.filter(is_undated=True).count() == undated
    assert ideas.filter(is_hidden=True).count() == hidden
    assert not ideas.exclude(waiting_since=None, answer_due_on=None, vote_count=0).exists()
    assert not ideas.filter(title__regex=r"&\w+;").exists()
    assert not ideas.filter(proposal__contains="\r").exists()
    again = make_plan(importer, records(table, mapping), {"source": name})
    assert (again.counts["unchanged"], again.counts["refused"]) == (created, refused)
