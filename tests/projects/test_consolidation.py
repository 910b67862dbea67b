"""Where experiments stand: what is counted is what the lists show each reader, whatever is written meanwhile."""

import random
import threading
from collections import Counter
from datetime import date, timedelta
from time import monotonic

import pytest
from django.db import connection, transaction
from django.http import QueryDict

from ozeli.network.enums import Audience
from ozeli.projects.consolidation import breakdowns, stages, standing
from ozeli.projects.consolidation.frame import consolidated
from ozeli.projects.enums import Cause, Role, State
from ozeli.projects.forms.consolidation import ScopeForm
from ozeli.projects.forms.filters import FilterForm
from ozeli.projects.models import Ending, Project, ProjectMember, ProjectMove, Stage, StageReport, Tally
from ozeli.projects.selectors import consolidation
from ozeli.projects.selectors.consolidation import figures
from ozeli.projects.selectors.listing import matching
from ozeli.projects.services import tally
from tests.factories import DomainFactory
from tests.personas import cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

# Session, person, rights, unread notifications, tally, projects around, the others as they stand.
OVERVIEW_QUERIES = 7
START = date(2025, 11, 3)
_FOUND = "select cube, reach, year, branch_id, organisation_id, domain_id, version_id, state, passed, cause, stage_id,"
_SUMS = " is_passed, days, ending_id, sum(n), coalesce(sum(planned), 0), coalesce(sum(spent), 0) from "
_BY = " group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 having sum(n) <> 0"


def rows_of(source):
    with connection.cursor() as cursor:
        cursor.execute(_FOUND + _SUMS + source + _BY)
        return Counter(cursor.fetchall())


def the_tally():
    return rows_of("projects_tally")


def counted_anew():
    return rows_of("projects_counted()")


def draw(people, count=40, seed=5):
    """Projects of every body, audience, state, year and stage, some withdrawn, some with people of elsewhere around."""
    chance = random.Random(seed)
    sector = DomainFactory(code="accueil", name="Accueil")
    topics = [sector, DomainFactory(code="guichet", name="Guichet", parent=sector), None]
    for _place in range(count):
        state = chance.choice(list(State))
        started = START + timedelta(chance.randrange(-500, 360)) if chance.random() < 0.8 else None
        one = ProjectFactory(
            owner=chance.choice([people.alice, people.bob, people.charlie]),
            audience=chance.choice(list(Audience)),
            is_withdrawn=chance.random() < 0.15,
            state=state,
            cause=chance.choice([*Cause]) if state in consolidation.STOPPED else "",
            domain=chance.choice(topics),
            started_on=started,
            lifecycle=chance.choice(["poc-7", "essai-3"]),
            passed=chance.randrange(4),
            budget_planned=chance.choice([0, 1000, 2500]),
            budget_spent=chance.choice([0, 400]),
            team={Role.COACH: [people.zoe]} if chance.random() < 0.2 else {},
        )
        for report in one.reports.all():
            entered = (started or START) + timedelta(20 * report.stage.number)
            passed = entered + timedelta(chance.randrange(80)) if report.passed_on else None
            StageReport.objects.filter(pk=report.pk).update(entered_on=entered, passed_on=passed)
        for _move in range(chance.randrange(3)):
            ProjectMove.objects.create(
                project=one, transition="complete", source="under_way", target="completed",
                ending=chance.choice(one.lifecycle.endings.all()), made_on=START,
            )  # fmt: skip
        if chance.random() < 0.2:
            ProjectMember.objects.create(project=one, user=people.rita, role=Role.SPONSOR, joined_on=START)


def scopes(people):
    return [
        "", "annee=2025", "annee=sans", "branche=maladie", "branche=maladie&annee=2025", "domaine=sans",
        "domaine=accueil", "domaine=accueil&rubrique=guichet&annee=2025", f"organisme={people.loire.name}",
        f"organisme={people.loire.name}&branche=famille",
    ]  # fmt: skip


def of(person, query=""):
    form = ScopeForm(QueryDict(query))
    scope = form.scope()
    return consolidated(figures(person, scope), scope, QueryDict(query).get("parcours", ""))


def every_table(found):
    return [
        standing.states(found), standing.stages_passed(found), standing.causes(found), stages.steps(found),
        stages.endings(found), breakdowns.budget(found),
        *(breakdowns.table(found, one, [*one.lines(found), breakdowns.whole(one.lines(found))])
          for one in breakdowns.BREAKDOWNS.values()),
    ]  # fmt: skip


# --- what is counted is what is there ---------------------------------------------------------------------------------


def test_everyone_counts_what_their_lists_show(people):
    draw(people)
    for name in ("alice", "charlie", "rita", "nora", "dev"):
        person = getattr(people, name)
        for query in scopes(people):
            wanted = ScopeForm(QueryDict(query)).wanted()
            live = consolidation.Figures()
            live.add(consolidation._counted(matching(person, wanted)))
            found = of(person, query).figures
            for cube in consolidation.Cube:
                said, true = getattr(found, cube), getattr(live, cube)
                assert +said.n == +true.n, (name, query, cube)
                if cube == "standing":
                    assert {key: sums for key, sums in said.money.items() if any(sums)} == true.money, (
                        name,
                        query,
                    )


@pytest.mark.parametrize("name", ["charlie", "rita"])
def test_every_figure_opens_its_list(people, name):
    draw(people, count=20)
    person = getattr(people, name)
    opened = 0
    for query in ("", "annee=2025", "branche=maladie", "domaine=accueil", "parcours=essai-3"):
        for table in every_table(of(person, query)):
            for row in table.rows:
                for cell in row:
                    if cell.url and cell.value:
                        wanted = FilterForm(QueryDict(cell.url.partition("?")[2])).wanted()
                        assert matching(person, wanted).count() == cell.value, (query, table.code, cell)
                        opened += 1
    assert opened > 100


def test_what_is_kept_is_what_is_there_whatever_is_written(people):
    draw(people, count=12)
    one, other, third = Project.objects.order_by("created_on", "pk")[:3]
    stage = Stage.objects.filter(version=one.lifecycle).order_by("-number")[0]
    ending = Ending.objects.filter(version=one.lifecycle, state=State.COMPLETED)[0]
    writes = [
        lambda: Project.objects.filter(pk=one.pk).update(state=State.UNDER_WAY, cause="", stages_passed=1),
        lambda: Project.objects.filter(pk=one.pk).update(audience=Audience.BRANCH),
        lambda: Project.objects.filter(pk=one.pk).update(is_withdrawn=True),
        lambda: Project.objects.filter(pk=one.pk).update(started_on=date(2024, 2, 1), ended_on=None),
        lambda: Project.objects.update(budget_spent=77, organisation=people.nord, branch=people.nord.branch),
        lambda: StageReport.objects.filter(project=other).update(entered_on=None),
        lambda: StageReport.objects.update_or_create(
            project=one, stage=stage, defaults={"entered_on": START, "passed_on": START + timedelta(9)}
        ),
        lambda: StageReport.objects.filter(project=one).delete(),
        lambda: ProjectMove.objects.bulk_create(
            ProjectMove(project=one, transition="complete", source="a", target="b", ending=ending)
            for _ in "123"
        ),
        lambda: ProjectMove.objects.filter(project=one).update(ending=None),
        lambda: ProjectMove.objects.filter(project=other).delete(),
        lambda: ProjectMember.objects.filter(project=third).delete() and third.delete(),
    ]
    for place, write in enumerate(writes):
        write()
        assert the_tally() == counted_anew(), place


@pytest.mark.django_db(transaction=True)
def test_a_stage_written_while_its_project_moves_is_counted_where_the_project_then_is():
    project = ProjectFactory(owner=cast().alice, passed=1)
    told: list[BaseException] = []

    def write_a_stage():
        try:
            stage = Stage.objects.get(version=project.lifecycle, number=4)
            StageReport.objects.create(project_id=project.pk, stage=stage, entered_on=START)
        except BaseException as error:
            told.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(audience=Audience.BRANCH)
        writer = threading.Thread(target=write_a_stage)
        writer.start()
        wait_until_somebody_waits(told)
    writer.join(30)

    assert not told and not writer.is_alive()
    assert the_tally() == counted_anew()


def wait_until_somebody_waits(told):
    """Until another session waits for a lock of ours."""
    deadline = monotonic() + 30
    while not told and monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_locks where pg_backend_pid() = any(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
    pytest.fail(f"nobody waited: {told}")


def test_folding_changes_no_count_and_leaves_one_row_of_each(people, monkeypatch):
    draw(people, count=12)
    before, rows = the_tally(), Tally.objects.count()
    assert not tally.fold()
    monkeypatch.setattr(tally, "WORTH_IT", 1)

    assert tally.fold()

    assert the_tally() == before and Tally.objects.count() < rows
    assert Tally.objects.count() == sum(1 for _ in before)
    assert not Tally.objects.filter(is_folded=False).exists()


def test_counting_anew_heals_what_was_written_without_the_triggers(people):
    draw(people, count=6)
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update projects_project set is_withdrawn = not is_withdrawn")
        cursor.execute("set session_replication_role = default")
    assert the_tally() != counted_anew()

    tally.recount()

    assert the_tally() == counted_anew()


def test_quartiles_are_those_of_the_database():
    chance = random.Random(3)
    for size in (1, 2, 3, 10, 57):
        days = [chance.randrange(40) for _ in range(size)]
        with connection.cursor() as cursor:
            cursor.execute(
                "select percentile_cont(array[0.25, 0.5, 0.75]) within group (order by d) from unnest(%s) d",
                [days],
            )
            assert stages.quartiles(Counter(days)) == pytest.approx(cursor.fetchone()[0])


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
@pytest.mark.parametrize("tail", ["", "tableaux/", "etapes/", "budget/", "par/organismes/"])
def test_query_count(tail, rows, people, sign_in, django_assert_num_queries):
    ProjectFactory.create_batch(rows, owner=people.alice)
    client, path = sign_in(people.bob), f"/projets/consolidation/{tail}"
    client.get(path)
    with django_assert_num_queries(OVERVIEW_QUERIES):
        response = client.get(path)
    assert response.context["found"].total == rows


def test_a_body_keeps_its_own_to_itself(people, sign_in):
    ProjectFactory(owner=people.alice, audience=Audience.ORGANISATION)
    ProjectFactory(owner=people.alice, audience=Audience.BRANCH)
    ProjectFactory(owner=people.alice, is_withdrawn=True, audience=Audience.ORGANISATION)
    expected = {"alice": 3, "bob": 1, "charlie": 0, "rita": 3, "nora": 3}
    for name, total in expected.items():
        response = sign_in(getattr(people, name)).get("/projets/consolidation/")
        assert response.context["found"].total == total, name


def test_nobody_has_tried_anything_yet(people, sign_in):
    client = sign_in(people.alice)
    assert "Aucun projet pour l’instant" in client.get("/projets/consolidation/").content.decode()
    for tail in ("tableaux/", "etapes/", "budget/", "par/annees/", "par/domaines/"):
        page = client.get(f"/projets/consolidation/{tail}?annee=2025").content.decode()
        assert "Aucun projet ne répond à ces filtres" in page


def test_what_cannot_be_understood_is_left_out(people, sign_in):
    ProjectFactory(owner=people.alice)
    response = sign_in(people.alice).get(
        "/projets/consolidation/?annee=deux-mille&branche=x&organisme=y&domaine=z&parcours=w&statut=gele&page=\0"
    )
    assert response.status_code == 200 and response.context["found"].total == 1
    assert response.context["found"].course.code == "poc-7"


def test_the_causes_are_told_and_a_no_is_no_failure(people, sign_in):
    ProjectFactory(owner=people.alice, state=State.ABANDONED, cause=Cause.ANSWERED_NO)
    ProjectFactory.create_batch(2, owner=people.alice, state=State.FROZEN, cause=Cause.BUDGET)
    page = sign_in(people.alice).get("/projets/consolidation/")
    assert [bar.label for bar in page.context["causes"]] == ["Budget", "L’essai a répondu non"]
    assert "n’est pas un échec" in page.content.decode()


def test_stages_are_those_of_the_lifecycle_asked_for(people, sign_in):
    ProjectFactory.create_batch(2, owner=people.alice, passed=2)
    ProjectFactory(owner=people.alice, lifecycle="essai-3", passed=1)
    client = sign_in(people.bob)

    usual = client.get("/projets/consolidation/etapes/")
    asked = client.get("/projets/consolidation/etapes/?parcours=essai-3")

    assert [bar.value for bar in usual.context["ever"]] == [2, 2, 2, 0, 0, 0, 0]
    assert [bar.value for bar in asked.context["ever"]] == [1, 1, 0]
    passed = client.get("/projets/consolidation/tableaux/").context["tables"][1][0]
    assert [cell.value for cell in passed.rows[1]] == ["1", 1, 0, 1]


def test_a_stage_over_twice_its_time_is_slow(people):
    project = ProjectFactory(owner=people.alice, passed=1)
    expected = Stage.objects.get(version=project.lifecycle, number=1).expected_days
    reports = StageReport.objects.filter(project=project, stage__number=1)
    for days, slow in ((2 * expected, 0), (2 * expected + 1, 1)):
        reports.update(entered_on=START, passed_on=START + timedelta(days))
        first = stages.steps(of(people.bob)).rows[0]
        assert [first[5].value, first[8].value] == [days, slow]


def test_many_bodies_stand_on_pages(people, sign_in):
    from tests.factories import OrganisationFactory, UserFactory

    for place in range(17):
        body = OrganisationFactory(name=f"Caisse {place:02}", branch=people.loire.branch)
        ProjectFactory(owner=UserFactory(organisation=body))
    client = sign_in(people.bob)

    first = client.get("/projets/consolidation/par/organismes/")
    second = client.get(f"/projets/consolidation/par/organismes/{first.context['next_url']}")

    assert [row[0].value for row in first.context["table"].rows][::14] == ["Caisse 00", "Caisse 14"]
    assert [row[0].value for row in second.context["table"].rows] == ["Caisse 15", "Caisse 16", "Ensemble"]
    assert second.context["table"].rows[-1][1].value == 17
    back = client.get(f"/projets/consolidation/par/organismes/{second.context['previous_url']}")
    assert back.context["table"].rows == first.context["table"].rows


def test_two_bodies_of_one_name_open_each_its_own_list(people):
    from tests.factories import OrganisationFactory, UserFactory

    for code in ("jumelle-a", "jumelle-b"):
        body = OrganisationFactory(code=code, name="Caisse jumelle", branch=people.loire.branch)
        ProjectFactory(owner=UserFactory(organisation=body))
    rows = breakdowns.table(of(people.bob), breakdowns.BREAKDOWNS["organismes"]).rows
    for row in rows:
        wanted = FilterForm(QueryDict(row[1].url.partition("?")[2])).wanted()
        assert matching(people.bob, wanted).count() == row[1].value == 1


@pytest.mark.parametrize(
    "code",
    [
        *["statuts", "etapes-passees", "causes", "etapes", "suites", "budget"],
        *breakdowns.BREAKDOWNS,
    ],
)
def test_each_table_is_a_file(code, people, sign_in):
    ProjectFactory(owner=people.alice, state=State.FROZEN, passed=2, budget_planned=1500)
    client = sign_in(people.bob)
    url = f"/projets/consolidation/export/{code}.csv"

    text = b"".join(client.get(f"{url}?annee=sans").streaming_content).decode("utf-8-sig")
    book = client.get(f"{url}?format=xlsx")

    assert len(text.splitlines()) > 1 and ";" in text
    assert "attachment" in book["Content-Disposition"] and ".xlsx" in book["Content-Disposition"]
    head = text.splitlines()[0].split(";")
    assert all(len(line.split(";")) == len(head) for line in text.splitlines())


def test_there_is_no_such_table(people, sign_in):
    client = sign_in(people.bob)
    assert client.get("/projets/consolidation/export/rien.csv").status_code == 404
    assert client.get("/projets/consolidation/par/rien/").status_code == 404


def test_what_is_nothing_opens_nothing(people, sign_in):
    ProjectFactory(owner=people.alice)
    page = sign_in(people.bob).get("/projets/consolidation/").content.decode()
    assert "?statut=en-cours" in page and "?statut=gele" not in page
