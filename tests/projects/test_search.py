"""Projects and reports in the search, and as look-alikes: of a draft, of a new project, of a stage."""

from uuid import uuid4

import pytest

from ozeli.network.enums import Audience
from ozeli.projects.models import KIND, REPORT_KIND, Project
from ozeli.projects.selectors.similar import similar_reports
from ozeli.search.cards import sheets_alike
from ozeli.search.selectors import look_alikes, search
from ozeli.search.services import index_objects, reindex
from tests.factories import DomainFactory, IdeaFactory
from tests.projects.factories import ProjectFactory, stopped, told

pytestmark = pytest.mark.django_db
NEED = "Prêter un fauteuil roulant électrique à l’accueil des assurés âgés"


def test_projects_and_reports_are_found_by_their_words(people, sign_in):
    project = ProjectFactory(owner=people.alice, title="Prêter des fauteuils roulants")
    told(project, done="Trois ergothérapeutes ont essayé chaque fauteuil.")
    reindex(now=True)
    page = sign_in(people.bob).get("/recherche/?q=fauteuil").content.decode()
    assert "Prêter des " in page and "Bilan d’étape" in page
    assert [hit.kind for hit in search("ergothérapeute", user=people.bob).hits] == [REPORT_KIND]


def test_stopped_project_is_found_by_its_lesson(people):
    project = stopped(people.alice, lesson="La biométrie vocale écarte les personnes âgées.")
    index_objects(KIND, [project.pk])
    assert [hit.object_id for hit in search("biométrie", user=people.bob).hits] == [project.pk]


def test_what_one_may_not_read_is_not_found(people):
    inner = ProjectFactory(owner=people.alice, title="Fauteuils", audience=Audience.ORGANISATION)
    gone = ProjectFactory(owner=people.alice, title="Fauteuils retirés", is_withdrawn=True)
    reports = [told(one, done="Fauteuils en panne") for one in (inner, gone)]
    index_objects(KIND, [inner.pk, gone.pk])
    index_objects(REPORT_KIND, [one.pk for one in reports])
    assert search("fauteuils", user=people.bob).hits == []
    assert {hit.object_id for hit in search("fauteuils", user=people.alice).hits} == {inner.pk, reports[0].pk}


def test_narrowed_since_it_was_indexed_is_not_shown(people, sign_in):
    project = ProjectFactory(owner=people.alice, title="Fauteuils à prêter")
    report = told(project, done="Fauteuils en panne")
    index_objects(KIND, [project.pk])
    index_objects(REPORT_KIND, [report.pk])
    Project.objects.filter(pk=project.pk).update(audience=Audience.ORGANISATION)
    page = sign_in(people.bob).get("/recherche/?q=fauteuils").content.decode()
    assert project.short not in page
    assert sheets_alike("Des fauteuils à prêter aux assurés", user=people.bob) == []


# --- look-alikes ------------------------------------------------------------------------------------------------------


def test_draft_of_an_idea_shows_the_projects_that_try_it(people, sign_in):
    project = ProjectFactory(
        owner=people.bob, title="Prêter un fauteuil roulant", summary="À l’accueil, aux âgés."
    )
    idea = IdeaFactory(
        author=people.bob, title="Un fauteuil roulant à l’accueil", proposal="Prêter un fauteuil."
    )
    index_objects(KIND, [project.pk])
    index_objects("idea", [idea.pk])
    found = sheets_alike(NEED, user=people.alice)
    assert {item.kind for item in found} == {"project", "idea"}
    words = {"problem": NEED, "proposal": "Prêter un fauteuil roulant", "idempotency_key": str(uuid4())}
    page = sign_in(people.alice).post("/idees/deposer/ressemblances/", words).content.decode()
    assert project.get_absolute_url() in page and idea.get_absolute_url() in page
    assert "2\u00a0fiches du réseau ressemblent" in page


def test_look_alikes_of_a_closed_brick_are_gone(people):
    from ozeli.accounts.models import User
    from ozeli.core.access import Level
    from tests.guards.test_matrix import set_cell

    project = ProjectFactory(owner=people.bob, title="Prêter un fauteuil roulant à l’accueil")
    index_objects(KIND, [project.pk])
    assert sheets_alike(NEED, user=people.alice)
    set_cell("reader", "projects", Level.NONE)
    assert sheets_alike(NEED, user=User.objects.get(pk=people.alice.pk)) == []


def test_look_alikes_may_be_asked_of_one_stage(people):
    reports = [
        told(ProjectFactory(owner=people.bob, passed=number), number + 1, done=NEED) for number in range(2)
    ]
    index_objects(REPORT_KIND, [one.pk for one in reports])
    found = look_alikes(NEED, user=people.alice, kinds=[REPORT_KIND], filters={"status": "stakeholders"})
    assert [hit.object_id for hit in found] == [reports[1].pk]


# --- beside a stage ---------------------------------------------------------------------------------------------------


def test_stage_offers_what_others_told_of_it_the_most_alike_first(people):
    domain = DomainFactory(code="accueil", name="Accueil")
    mine = ProjectFactory(owner=people.alice, title=NEED, domain=domain)
    told(mine, done="Nous commençons.")
    alike = told(ProjectFactory(owner=people.bob, title="Autre"), done="Un fauteuil roulant électrique prêté")
    near = told(ProjectFactory(owner=people.bob, title="Même domaine", domain=domain), done="Rien à voir")
    elsewhere = told(ProjectFactory(owner=people.bob, passed=1, title="Ailleurs"), 2, done=NEED)
    inner = ProjectFactory(owner=people.bob, audience=Audience.ORGANISATION)
    told(inner, done=NEED)
    reindex(now=True)

    found = similar_reports(mine, mine.lifecycle.stages.get(number=1), people.alice)
    assert [row.report.pk for row, _shared in found] == [alike.pk, near.pk]
    assert set(found[0][1]) >= {"fauteuil", "roulant"}
    assert found[1][1] == []
    assert elsewhere.pk not in {row.report.pk for row, _shared in found}


def test_stage_page_shows_how_others_did(people, sign_in):
    mine = ProjectFactory(owner=people.alice, title=NEED)
    other = told(ProjectFactory(owner=people.bob, title="Autre"), done="Un fauteuil roulant électrique prêté")
    index_objects(REPORT_KIND, [other.pk])
    page = sign_in(people.alice).get(f"{mine.get_absolute_url()}etapes/1/").content.decode()
    assert "Comment les autres ont fait" in page
    assert other.get_absolute_url() in page
    assert "/projets/bilans/?etape=challenge" in page


def test_stage_that_nobody_told_offers_nothing(people, sign_in):
    mine = ProjectFactory(owner=people.alice, title=NEED)
    page = sign_in(people.alice).get(f"{mine.get_absolute_url()}etapes/1/").content.decode()
    assert "Comment les autres ont fait" not in page
