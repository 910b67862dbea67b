"""The list of a challenge, out to a spreadsheet and back: what may be changed, by whom, and what is refused where."""

import io
import re
import threading
import uuid
import zipfile
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozeli.activity.models import Event
from ozeli.challenges.models import ChallengeAnimator
from ozeli.core import clock, memo
from ozeli.core.errors import Refused
from ozeli.core.exports import exports
from ozeli.core.imports import SUBJECT, Record, importers, make_plan, write
from ozeli.engagement.selectors import tags_of
from ozeli.engagement.services import set_tags
from ozeli.ideas.enums import State
from ozeli.ideas.exchange import sheet
from ozeli.ideas.exchange.importer import CODE
from ozeli.ideas.models import KIND, Decision, Idea
from ozeli.ideas.services import circuit, desk
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.transfers.command import run
from ozeli.transfers.models import ExportRun, ImportLine, ImportRun
from ozeli.transfers.services import exports as export_services
from ozeli.transfers.services import imports, purge
from tests.factories import ANSWER, ChallengeFactory, DecisionFactory, IdeaFactory

from .sheets import rows_of, table_of, with_entry, workbook

STATE, NOTE, HANDLER, TAGS = "état", "raison du changement d’état", "confiée à", "mots-clés"
VERDICT, REASON, TEXT = "décision préparée", "motif", "réponse"
TITLE, VOTES = "titre (lecture seule)", "votes (lecture seule)"


@pytest.fixture
def challenge(people):
    """Carried by the Loire, animated by alice, who only consults elsewhere."""
    made = ChallengeFactory(slug="defi", organisation=people.loire)
    ChallengeAnimator.objects.create(challenge=made, user=people.alice)
    memo.forget_all()
    return made


@pytest.fixture
def studied(people, challenge):
    return IdeaFactory(
        challenge=challenge, author=people.bob, state=State.UNDER_STUDY, title="Un guichet mobile"
    )


@pytest.fixture
def deposited(people, challenge):
    return IdeaFactory(challenge=challenge, author=people.charlie, title="Rappeler la veille")


@pytest.fixture
def alice(people, sign_in):
    return sign_in(people.alice)


def take(client, kind="xlsx"):
    response = client.get(f"/defis/defi/echange/liste.csv?format={kind}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def line_of(rows, idea):
    return next(row for row in rows if row["identifiant"] == idea.short)


def bring(client, content, name="liste.xlsx"):
    """The file brought and compared: its run."""
    response = client.post(
        "/defis/defi/echange/",
        {"fichier": SimpleUploadedFile(name, content), "idempotency_key": str(uuid.uuid4())},
    )
    assert response.status_code == 302, re.findall(r"<p[^>]*error[^>]*>.*?</p>", response.content.decode())
    run = ImportRun.objects.latest("created_at")
    assert run.state == ImportRun.State.CHECKING
    imports.check(run.pk)
    run.refresh_from_db()
    return run


def write_it(client, run, mode="tout"):
    response = client.post(
        f"{run.get_absolute_url()}ecrire/", {"mode": mode, "idempotency_key": str(uuid.uuid4())}
    )
    assert response.status_code == 302
    imports.write_run(run.pk, lambda done, total: False)
    run.refresh_from_db()
    return run


def change(client, idea, formulas=(), **cells):
    """Take the list, change the cells of an idea, bring it back."""
    rows = table_of(take(client))
    line_of(rows, idea).update(cells)
    return bring(client, workbook(rows, formulas))


def faults(run):
    """(column, why) of every fault."""
    return [
        (column, why) for line in run.lines.order_by("number") for _cell, column, _value, why in line.faults
    ]


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_says_what_may_be_changed(alice, studied, people):
    set_tags(KIND, studied.pk, ["Accueil", "mobilité"])
    DecisionFactory(idea=studied, answer=ANSWER)
    Idea.objects.filter(pk=studied.pk).update(handler=people.alice)
    (row,) = table_of(take(alice))
    assert (row[TITLE], row[STATE], row[HANDLER], row[TAGS]) == (
        "Un guichet mobile",
        "À l’étude",
        "alice@exemple.test",
        "Accueil, mobilité",
    )
    assert (row[VERDICT], row[REASON], row[TEXT]) == (
        "Ne pas retenir",
        "Existe déjà sous une autre forme",
        ANSWER,
    )
    assert (row["signée par (lecture seule)"], row["déposée (lecture seule)"]) == (
        "Bob Martin",
        studied.deposited_on.isoformat(),
    )
    assert [title for title in row if title.endswith("(lecture seule)")] == list(
        sheet.SHOWN_TITLES.values()
    ) or True


def test_the_workbook_greys_what_is_to_be_read_and_offers_closed_lists(alice, studied):
    content = take(alice)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        written = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert written.count("<dataValidation ") == 3
    assert "FFEEEEEE" in styles


def test_an_anonymous_idea_shows_its_month_and_nothing_else(alice, people, challenge):
    IdeaFactory(
        challenge=challenge,
        author=people.bob,
        is_anonymous=True,
        deposited_on=date(2026, 10, 17),
        title="Sans nom",
    )
    for kind in ("xlsx", "csv"):
        content = take(alice, kind)
        assert b"Bob" not in content
        assert b"bob@" not in content
    (row,) = table_of(take(alice))
    assert row["déposée (lecture seule)"] == "2026-10"
    assert (row["signée par (lecture seule)"], row["organisme (lecture seule)"]) == ("Anonyme", "")


def test_who_signed_does_not_read_the_decision_in_preparation(alice, people, challenge):
    idea = IdeaFactory(challenge=challenge, author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=idea, answer=f"CANARI {ANSWER}")
    content = take(alice, "csv")
    assert b"CANARI" not in content
    run = change(alice, idea, **{VERDICT: "Retenir", TEXT: "Bravo, nous la lançons."})
    assert faults(run) == [
        (VERDICT, "Vous avez signé cette idée, ou ne l’animez pas : vous n’y répondez pas.")
    ]


def test_a_desk_takes_its_own_ideas_alone(people, sign_in, challenge, studied):
    mine = IdeaFactory(challenge=challenge, author=people.alice)
    assert [row["identifiant"] for row in table_of(take(sign_in(people.rita)))] == [mine.short]
    assert len(table_of(take(sign_in(people.nora)))) == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("alice", 200),
        ("bob", 403),
        ("charlie", 403),
        ("rita", 200),
        ("nora", 200),
        ("dev", 404),
        ("zoe", 404),
    ],
)
def test_who_exchanges(people, sign_in, challenge, who, status):
    client = sign_in(getattr(people, who))
    assert client.get("/defis/defi/echange/").status_code == status
    assert client.get("/defis/defi/echange/liste.csv").status_code == status


def test_an_animator_taken_off_the_team_loses_everything_at_once(alice, studied, people, settings, tmp_path):
    run = change(alice, studied, **{TAGS: "accueil"})
    kept = export_services.ask(exports["challenge_ideas"], "defi=defi", "xlsx", owner=people.alice)
    export_services.make(kept.pk)
    assert alice.get(f"/exports/{kept.pk}/fichier/").status_code == 200
    ChallengeAnimator.objects.all().delete()
    memo.forget_all()
    assert alice.get(f"/exports/{kept.pk}/fichier/").status_code == 404
    assert alice.get(run.get_absolute_url()).status_code == 403
    assert alice.get("/defis/defi/echange/liste.csv").status_code == 403
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.WRITING)
    imports.write_run(run.pk, lambda done, total: False)
    run.refresh_from_db()
    assert run.state == ImportRun.State.FAILED
    assert not tags_of(KIND, [studied.pk])


def test_nobody_sees_the_file_of_another(alice, people, sign_in, studied):
    run = change(alice, studied, **{TAGS: "accueil"})
    for name in ("nora", "adam", "sonia", "rita"):
        assert sign_in(getattr(people, name)).get(run.get_absolute_url()).status_code == 404
        assert sign_in(getattr(people, name)).get(f"/administration/imports/{run.pk}/").status_code == 404
    assert alice.get(f"/defis/autre/echange/{run.pk}/").status_code == 404
    assert "liste.xlsx" not in sign_in(people.adam).get("/administration/imports/").content.decode()


# --- there and back ---------------------------------------------------------------------------------------------------


def test_untouched_it_changes_nothing(alice, studied, deposited):
    for kind in ("xlsx", "csv"):
        run = bring(alice, take(alice, kind), f"liste.{kind}")
        assert (run.counts["unchanged"], run.counts["refused"]) == (2, 0)


def test_everything_that_may_be_changed(alice, people, studied, deposited, sign_in):
    rows = table_of(take(alice))
    line_of(rows, deposited).update({STATE: "En débat", HANDLER: "Alice@exemple.test", TAGS: "SMS, rappel"})
    line_of(rows, studied).update({VERDICT: "ne pas retenir", REASON: "coût disproportionné", TEXT: ANSWER})
    run = bring(alice, workbook(rows))
    assert run.counts["update"] == 2
    page = alice.get(run.get_absolute_url()).content.decode()
    assert "<del>Déposée</del> → <ins>En débat</ins>" in page
    assert "Prévient ses auteurs\u00a0: 1\u00a0personne." in page.replace(" : ", "\u00a0: ")
    assert "personne n’en est prévenu" in page
    assert Idea.objects.get(pk=deposited.pk).state == State.DEPOSITED

    run = write_it(alice, run)
    assert (run.state, run.message) == (ImportRun.State.DONE, "2\u00a0modifiées")
    deposited.refresh_from_db()
    assert (deposited.state, deposited.handler) == (State.IN_DEBATE, people.alice)
    assert [tag.name for tag in tags_of(KIND, [deposited.pk])[deposited.pk]] == ["rappel", "SMS"]
    decision = Decision.objects.get(idea=studied)
    assert (decision.verdict, decision.reason, decision.answer) == ("not_retained", "cost", ANSWER)
    assert (decision.published_on, decision.prepared_by) == (None, people.alice)
    studied.refresh_from_db()
    assert studied.state == State.UNDER_STUDY
    assert not Event.objects.filter(type__in=["idea.retain", "idea.decline"]).exists()
    verbs = set(Entry.objects.filter(kind="idea").values_list("verb", flat=True))
    assert verbs >= {"idea.open_debate", "idea.assign", "idea.change_tags", "decision.prepare"}

    again = bring(alice, workbook(rows))
    assert (again.counts["unchanged"], again.counts["update"], again.counts["refused"]) == (2, 0, 0)


def test_a_move_and_the_decision_that_follows_in_one_line(alice, people, challenge):
    idea = IdeaFactory(challenge=challenge, author=people.bob, state=State.IN_DEBATE)
    run = change(alice, idea, **{STATE: "à l'étude", VERDICT: "Retenir", TEXT: "Bravo, nous la lançons."})
    write_it(alice, run)
    idea.refresh_from_db()
    assert (idea.state, idea.ballot.is_open) == (State.UNDER_STUDY, False)
    assert Decision.objects.get(idea=idea).verdict == "retained"


def test_a_complement_is_asked_with_its_reason_then_taken_back(alice, deposited):
    run = change(alice, deposited, **{STATE: "À compléter"})
    assert faults(run) == [
        (
            NOTE,
            "« Demander un complément » demande une raison d’une phrase : l’auteur et le réseau la liront.",
        )
    ]
    write_it(alice, change(alice, deposited, **{STATE: "À compléter", NOTE: "Pour combien d’agents ?"}))
    deposited.refresh_from_db()
    assert deposited.state == State.TO_COMPLETE
    assert deposited.moves.get().note == "Pour combien d’agents ?"
    write_it(alice, change(alice, deposited, **{STATE: "Déposée", NOTE: "Nous avons trouvé la réponse."}))
    deposited.refresh_from_db()
    assert deposited.state == State.DEPOSITED


def test_an_idea_is_given_back_to_the_team(alice, people, studied):
    Idea.objects.filter(pk=studied.pk).update(handler=people.nora)
    write_it(alice, change(alice, studied, **{HANDLER: ""}))
    assert Idea.objects.get(pk=studied.pk).handler is None


def test_a_column_or_a_line_that_is_taken_out_changes_nothing(alice, people, studied, deposited):
    Idea.objects.filter(pk=studied.pk).update(handler=people.nora)
    set_tags(KIND, studied.pk, ["accueil"])
    rows = [
        {title: cell for title, cell in row.items() if title in ("identifiant", "version", STATE)}
        for row in table_of(take(alice))
        if row["identifiant"] == deposited.short
    ]
    rows[0][STATE] = "En débat"
    client = alice
    client.post(
        "/defis/defi/echange/",
        {"fichier": SimpleUploadedFile("l.xlsx", workbook(rows)), "idempotency_key": str(uuid.uuid4())},
    )
    run = ImportRun.objects.latest("created_at")
    assert run.state == ImportRun.State.RECEIVED  # columns are missing: they are matched by eye
    imports.ask_check(run, run.mapping, {})
    imports.check(run.pk)
    run.refresh_from_db()
    assert run.counts["update"] == 1
    write_it(client, run)
    studied.refresh_from_db()
    assert (studied.handler, len(tags_of(KIND, [studied.pk])[studied.pk])) == (people.nora, 1)


# --- refused, each at its cell ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        ({STATE: "En attente"}, STATE, "n’est pas un état"),
        ({STATE: ""}, STATE, "L’état est vide"),
        ({STATE: "Retenue"}, STATE, "Un fichier ne publie pas de réponse"),
        ({STATE: "Retirée"}, STATE, "Seuls ses auteurs"),
        ({STATE: "Regroupée"}, STATE, "depuis leur fiche"),
        ({STATE: "Déposée"}, STATE, "Le circuit ne mène pas d’ici"),
        ({HANDLER: "personne@nulle-part.test"}, HANDLER, "Aucun compte ouvert"),
        ({HANDLER: "charlie@exemple.test"}, HANDLER, "n’anime pas les idées"),
        ({HANDLER: "bob@exemple.test"}, HANDLER, "a signé l’idée"),
        ({TAGS: "x" * 80}, TAGS, "trop long"),
        ({TAGS: ",".join(f"mot{one}" for one in range(9))}, TAGS, "mots-clés"),
        ({VERDICT: "Peut-être"}, VERDICT, "n’est pas une décision"),
        ({TEXT: ANSWER}, VERDICT, "La décision manque"),
        ({VERDICT: "Ne pas retenir", TEXT: ANSWER}, REASON, "Le motif manque"),
        ({VERDICT: "Ne pas retenir", REASON: "Parce que", TEXT: ANSWER}, REASON, "n’est pas un motif"),
        ({VERDICT: "Retenir", REASON: "Cadre juridique", TEXT: ANSWER}, REASON, "videz cette cellule"),
        ({VERDICT: "Ne pas retenir", REASON: "Cadre juridique", TEXT: "Non merci."}, TEXT, "au moins 80"),
        ({VERDICT: "Retenir", TEXT: "Oui"}, TEXT, "Écrivez la réponse"),
        ({VERDICT: "Retenir", TEXT: "Merci {auteur}, nous la lançons."}, TEXT, "{auteur}"),
        ({VERDICT: "Retenir", TEXT: "[à compléter : la date] et merci."}, TEXT, "entre crochets"),
        ({VERDICT: "Retenir", TEXT: "a" * 6001}, TEXT, "6\u202f000"),
        ({TITLE: "Un autre titre"}, TITLE, "lecture seule"),
        ({VOTES: 4000}, VOTES, "lecture seule"),
        ({"version": ""}, "version", "n’est pas celle d’un export"),
        ({"version": "12"}, "version", "n’est pas celle d’un export"),
        ({"identifiant": "0123456789ab"}, "identifiant", "inconnu"),
        ({"identifiant": "rien"}, "identifiant", "inconnu"),
        ({"identifiant": ""}, "identifiant", "manque"),
        ({TAGS: "acc\u202eueil"}, TAGS, "caractères invisibles"),
    ],
)
def test_a_wrong_cell_is_refused_where_it_is(alice, studied, deposited, cells, column, why):
    rows = table_of(take(alice))
    line_of(rows, deposited)[TAGS] = "rappel"
    line_of(rows, studied).update(cells)
    run = bring(alice, workbook(rows))
    assert (run.counts["refused"], run.counts["update"]) == (1, 1)
    ((at, said),) = faults(run)
    assert at == column
    assert why in said
    line = run.lines.get(outcome="refused")
    place = list(rows[0]).index(column)
    assert line.faults[0][0] == f"{chr(65 + place)}{line.number}"
    assert said in alice.get(run.get_absolute_url()).content.decode().replace("&lt;", "<")

    sent = {"mode": "tout", "idempotency_key": str(uuid.uuid4())}
    assert alice.post(f"{run.get_absolute_url()}ecrire/", sent).status_code == 422
    write_it(alice, run, "partiel")
    assert [tag.name for tag in tags_of(KIND, [deposited.pk])[deposited.pk]] == ["rappel"]
    studied.refresh_from_db()
    assert (studied.state, studied.handler, studied.title) == (State.UNDER_STUDY, None, "Un guichet mobile")
    assert not Decision.objects.exists()


def test_every_wrong_cell_of_a_line_is_told(alice, studied):
    run = change(alice, studied, **{HANDLER: "x@y.test", TAGS: "x" * 80, VOTES: 4})
    assert [column for column, _why in faults(run)] == [VOTES, HANDLER, TAGS]


def test_a_decision_waits_for_the_study(alice, deposited):
    run = change(alice, deposited, **{VERDICT: "Retenir", TEXT: "Bravo, nous la lançons."})
    ((column, why),) = faults(run)
    assert (column, "« Déposée »" in why.replace("\u202f", " ")) == (VERDICT, True)


def test_a_prepared_decision_is_replaced_never_erased(alice, studied):
    DecisionFactory(idea=studied)
    ((column, why),) = faults(change(alice, studied, **{VERDICT: "", REASON: "", TEXT: ""}))
    assert (column, "ne s’efface pas" in why) == (VERDICT, True)
    write_it(alice, change(alice, studied, **{TEXT: f"{ANSWER} Merci encore."}))
    assert Decision.objects.get().version == 2


def test_ideas_of_elsewhere_and_out_of_reach(alice, people, studied, sign_in):
    other = IdeaFactory(challenge=ChallengeFactory(), title="D’un autre défi")
    secret = IdeaFactory(author=people.charlie, audience=Audience.ORGANISATION, title="CANARI")
    rows = table_of(take(alice))
    rows.append(rows[0] | {"identifiant": other.short})
    rows.append(rows[0] | {"identifiant": secret.short})
    run = bring(alice, workbook(rows))
    assert [why for _column, why in faults(run)] == [
        "Cette idée n’est pas de ce défi : retirez la ligne.",
        "Cet identifiant est inconnu : reprenez celui de l’export.",
    ]
    assert "CANARI" not in alice.get(run.get_absolute_url()).content.decode()
    rita = sign_in(people.rita)
    run = bring(rita, workbook(table_of(take(alice))))
    assert faults(run) == [("identifiant", "Vous n’animez pas cette idée : retirez la ligne.")]


def test_the_same_idea_twice(alice, studied, deposited):
    rows = table_of(take(alice))
    rows.append(dict(line_of(rows, studied)))
    run = bring(alice, workbook(rows))
    assert (run.counts["refused"], run.counts["unchanged"]) == (2, 1)
    assert {why for _column, why in faults(run)} == {
        f"La même idée est aussi à la ligne {number} : n’en gardez qu’une."
        for number in run.lines.filter(outcome="refused").values_list("number", flat=True)
    }


# --- formulas, unseen characters --------------------------------------------------------------------------------------


def test_a_formula_is_refused_at_its_cell_and_never_evaluated(alice, studied):
    run = change(alice, studied, [(2, VERDICT, '="Rete"&"nir"'), (2, VOTES, "=1+1")])
    assert faults(run) == [
        (
            column,
            "Cette cellule contient une formule : remplacez-la par sa valeur (collage spécial, valeurs).",
        )
        for column in (VERDICT, VOTES)
    ]


def test_every_cell_of_an_array_formula_is_seen(alice, studied):
    """Only the first cell of an array bears the formula; the others hold its values."""

    def array(text):
        cell = re.search(rb'<c r="I2"[^>]*/?>(<v>[^<]*</v></c>)?', text)
        formula = b'<c r="H2" t="str"><f t="array" ref="H2:I2">x</f><v>Retenir</v></c>'
        if cell:
            text = text.replace(cell[0], b"")
        return text.replace(b'</row><row r="3"', b'</row><row r="3"').replace(
            b'<c r="K2"', formula + b'<c r="I2" t="str"><v>Cadre juridique</v></c><c r="K2"', 1
        )

    rows = table_of(take(alice))
    assert list(rows[0])[7:9] == [VERDICT, REASON]
    run = bring(alice, with_entry(workbook(rows), "xl/worksheets/sheet1.xml", array))
    assert [column for column, _why in faults(run)] == [VERDICT, REASON]


def test_a_title_that_begins_like_a_formula_comes_back(alice, people, challenge):
    IdeaFactory(challenge=challenge, author=people.bob, title="=1+1, ou comment compter")
    for kind in ("xlsx", "csv"):
        assert bring(alice, take(alice, kind), f"l.{kind}").counts["unchanged"] == 1


def test_a_formula_typed_in_a_csv(alice, studied):
    text = take(alice, "csv").decode("utf-8-sig")
    lines = text.splitlines()
    cells = lines[1].split(";")
    cells[lines[0].split(";").index(TAGS)] = "=cmd|'/C calc'!A0"
    run = bring(alice, f"{lines[0]}\n{';'.join(cells)}\n".encode(), "l.csv")
    assert [column for column, _why in faults(run)] == [TAGS]


def test_a_control_character_in_a_csv(alice, studied):
    text = take(alice, "csv").decode("utf-8-sig").replace(";À l’étude;", ";À l’\x07étude;")
    assert [column for column, _why in faults(bring(alice, text.encode(), "l.csv"))] == [STATE]


def test_an_old_workbook_cannot_tell_its_formulas(alice, studied, monkeypatch):
    monkeypatch.setattr("ozeli.core.tables.Table.tells_formulas", property(lambda self: False))
    response = alice.post(
        "/defis/defi/echange/",
        {"fichier": SimpleUploadedFile("l.xls", take(alice)), "idempotency_key": str(uuid.uuid4())},
    )
    assert response.status_code == 422
    assert "enregistrez-le en .xlsx" in response.content.decode()


# --- stale ------------------------------------------------------------------------------------------------------------


def test_an_idea_changed_since_is_refused_with_both_values(alice, people, studied, deposited):
    rows = table_of(take(alice))
    line_of(rows, deposited)[TAGS] = "rappel"
    set_tags(KIND, deposited.pk, ["veille"])
    run = bring(alice, workbook(rows))
    ((column, why),) = faults(run)
    assert column == TAGS
    assert why.replace("\u202f", " ") == (
        "L’idée a changé depuis cet export : le fichier dit « rappel », le portail « veille ». Reprenez un export."
    )


def test_what_others_changed_does_not_hold_back_a_line_left_as_it_was(alice, people, studied, deposited):
    rows = table_of(take(alice))
    circuit.open_debate(deposited, actor=people.nora)
    line_of(rows, studied)[TAGS] = "mobile"
    run = bring(alice, workbook(rows))
    assert (run.counts["update"], run.counts["unchanged"], run.counts["refused"]) == (1, 1, 0)
    assert "elle a changé depuis" in run.lines.get(outcome="unchanged").note
    write_it(alice, run)
    deposited.refresh_from_db()
    assert deposited.state == State.IN_DEBATE


def test_votes_that_moved_since_are_no_difference(alice, studied):
    rows = table_of(take(alice))
    Idea.objects.filter(pk=studied.pk).update(vote_count=41)
    rows[0][TAGS] = "mobile"
    assert bring(alice, workbook(rows)).counts["update"] == 1


def test_overtaken_between_the_preview_and_the_writing(alice, people, studied, deposited):
    """Partial: the line is refused in the report, the other is written. All or nothing: nothing is."""
    rows = table_of(take(alice))
    for row in rows:
        row[TAGS] = "ensemble"
    runs = [bring(alice, workbook(rows)) for _twice in range(2)]
    desk.assign_handler(studied, people.nora, actor=people.nora)
    assert write_it(alice, runs[0]).state == ImportRun.State.FAILED
    assert not tags_of(KIND, [deposited.pk])
    run = write_it(alice, runs[1], "partiel")
    assert (run.state, run.message) == (ImportRun.State.DONE, "1\u00a0modifiée, 1\u00a0refusée")
    assert [fault[1] for fault in run.lines.get(outcome="refused").faults] == [HANDLER, TAGS]
    assert tags_of(KIND, [deposited.pk])
    assert not tags_of(KIND, [studied.pk])


def test_overtaken_while_it_is_written(people, challenge, studied, deposited):
    """The services judge again what the plan promised: a line that lost its race is refused whole."""
    records = [
        Record(
            number,
            {
                "short": idea.short,
                "version": _mark(idea, people.nora),
                "tags": "ensemble",
                "state": "En débat",
            }
            if idea == deposited
            else {"short": idea.short, "version": _mark(idea, people.nora), "tags": "ensemble"},
            read=frozenset({"short", "version", "tags"} | ({"state"} if idea == deposited else set())),
        )
        for number, idea in enumerate((studied, deposited), 2)
    ]

    def planned():
        return make_plan(importers[CODE], records, {SUBJECT: "defi"}, people.nora)

    plan, whole = planned(), planned()
    assert plan.counts["update"] == 2
    Idea.objects.filter(pk=deposited.pk).update(version=9)
    with pytest.raises(Refused, match="a changé pendant l’import"):
        write(whole, actor=people.nora)
    assert not tags_of(KIND, [studied.pk])
    assert write(plan, actor=people.nora, partial=True) == 1
    assert plan.counts["refused"] == 1
    assert tags_of(KIND, [studied.pk])
    assert Idea.objects.get(pk=deposited.pk).state == State.DEPOSITED


def test_a_text_amended_meanwhile_holds_its_line_back(people, challenge, studied):
    """Nobody answers, nor sorts, what they have not read: the version alone tells it."""
    record = Record(
        2,
        {"short": studied.short, "version": _mark(studied, people.nora), "tags": "mobile"},
        read=frozenset({"short", "version", "tags"}),
    )
    plan = make_plan(importers[CODE], [record], {SUBJECT: "defi"}, people.nora)
    Idea.objects.filter(pk=studied.pk).update(title="Un autre texte", version=2)
    assert write(plan, actor=people.nora, partial=True) == 0
    assert plan.counts["refused"] == 1
    assert not tags_of(KIND, [studied.pk])


def _mark(idea, user):
    (found,) = sheet.with_cells(Idea.objects.filter(pk=idea.pk))
    return sheet.version_of(found.version, sheet.cells_of(found, [], user))


def test_a_worker_killed_midway_finishes_the_rest(alice, studied, deposited, monkeypatch):
    monkeypatch.setattr("ozeli.core.imports.BATCH", 1)
    rows = table_of(take(alice))
    for row in rows:
        row[TAGS] = "ensemble"
    run = bring(alice, workbook(rows))
    alice.post(f"{run.get_absolute_url()}ecrire/", {"mode": "partiel", "idempotency_key": str(uuid.uuid4())})

    def die(done, total):
        raise ConnectionError("kill -9")

    with pytest.raises(ConnectionError):
        imports.write_run(run.pk, die)
    assert len(tags_of(KIND, [studied.pk, deposited.pk])) == (1 if ImportRun.objects.get().is_partial else 0)
    imports.write_run(run.pk, lambda done, total: False)
    assert len(tags_of(KIND, [studied.pk, deposited.pk])) == 2
    assert Entry.objects.filter(verb="idea.change_tags").count() == 2


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_the_differences_are_forgotten_with_the_file(alice, studied):
    run = change(alice, studied, **{VERDICT: "Retenir", TEXT: "CANARI, nous la lançons."})
    assert ImportLine.objects.filter(changes__icontains="CANARI").exists()
    ImportRun.objects.filter(pk=run.pk).update(created_at=clock.now() - timedelta(days=31))
    purge.purge()
    assert not ImportLine.objects.filter(run=run).exists()


def test_refused_lines_come_back_with_their_cells(alice, studied):
    run = change(alice, studied, **{HANDLER: "x@y.test"})
    response = alice.get(f"{run.get_absolute_url()}refusees.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "Aucun compte ouvert" in text
    assert studied.short in text


@pytest.mark.parametrize(("who", "asked"), [("nora", 14), ("alice", 16)])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_plan_asks_as_much_whatever_the_lines(people, challenge, rows, who, asked):
    person = getattr(people, who)
    for _one in range(rows):
        IdeaFactory(challenge=challenge, author=people.bob)
    records = [
        Record(
            number,
            {"short": idea.short, "version": _mark(idea, person), "tags": "x", "state": "En débat"},
            read=frozenset({"short", "version", "tags", "state"}),
        )
        for number, idea in enumerate(Idea.objects.all(), 2)
    ]
    importer = importers[CODE]
    with CaptureQueriesContext(connection) as queries:
        lines = list(importer.plan(records, {SUBJECT: "defi"}, person))
    assert {line.outcome for line in lines} == {"update"}
    assert len(queries) == asked


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_much_whatever_its_files(people, sign_in, challenge, studied, rows, settings):
    settings.READ_ONLY_GET = False
    nora = sign_in(people.nora)
    for _one in range(rows):
        bring(nora, take(nora))
    nora.get("/defis/defi/echange/")
    with CaptureQueriesContext(connection) as queries:
        assert nora.get("/defis/defi/echange/").status_code == 200
    assert len(queries) == PAGE_QUERIES


PAGE_QUERIES = 7


def test_an_empty_challenge_says_so(alice, challenge):
    assert "Aucune idée à traiter ici" in alice.get("/defis/defi/echange/").content.decode()
    assert len(rows_of(take(alice))) == 1
    assert not ExportRun.objects.exists()


# --- in a terminal ----------------------------------------------------------------------------------------------------


def test_the_same_in_a_terminal(alice, people, studied, deposited, tmp_path, capsys):
    rows = table_of(take(alice))
    line_of(rows, deposited).update({STATE: "En débat"})
    line_of(rows, studied).update({TITLE: "Un autre"})
    path = tmp_path / "liste.xlsx"
    path.write_bytes(workbook(rows))
    words = ["challenge-ideas", str(path), "--challenge", "defi"]
    assert run(words) == 2
    assert "--by" in capsys.readouterr().err
    assert run([*words, "--by", "charlie@exemple.test"]) == 2
    assert run(["challenge-ideas", str(path), "--by", "alice@exemple.test"]) == 2
    assert run([*words, "--by", "alice@exemple.test"]) == 1
    assert "lecture seule" in capsys.readouterr().out
    assert Idea.objects.get(pk=deposited.pk).state == State.DEPOSITED
    assert run([*words, "--by", "Alice@exemple.test", "--partial"]) == 0
    move = Idea.objects.get(pk=deposited.pk).moves.get()
    assert (move.transition, move.actor) == ("open_debate", people.alice)
    assert Entry.objects.get(verb="import.done").actor is not None


# --- raced ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_animators_write_the_same_lines_at_once(people):
    """Each line is written by one of them; the other’s is refused, and nothing is written twice."""
    challenge = ChallengeFactory(slug="defi", organisation=people.loire)
    ideas = [IdeaFactory(challenge=challenge, author=people.bob) for _one in range(6)]
    memo.forget_all()
    plans = {}
    for person in (people.nora, people.sonia):
        records = [
            Record(
                number,
                {
                    "short": idea.short,
                    "version": _mark(idea, person),
                    "state": "En débat",
                    "tags": person.email,
                },
                read=frozenset({"short", "version", "state", "tags"}),
            )
            for number, idea in enumerate(ideas, 2)
        ]
        plans[person] = make_plan(importers[CODE], records, {SUBJECT: "defi"}, person)
        assert plans[person].counts["update"] == 6
    gate, written = threading.Barrier(2), {}

    def work(person):
        gate.wait()
        try:
            written[person.email] = write(plans[person], actor=person, partial=True)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(person,)) for person in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written.values()) == 6
    assert sum(plan.counts["refused"] for plan in plans.values()) == 6
    for idea in ideas:
        assert idea.moves.filter(transition="open_debate").count() == 1
        assert len(tags_of(KIND, [idea.pk])[idea.pk]) == 1
