"""A synthesis published: one job, a tagged PDF, a Word file, a page; twice is once, and nobody reads too much."""

import io
import zipfile
from typing import Any

import pikepdf
import pytest

from ozeli.activity.models import Event
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects import synthesis_rules as rules
from ozeli.projects.documents import pdf
from ozeli.projects.enums import SynthesisState
from ozeli.projects.models import Project, Synthesis, SynthesisFile
from ozeli.projects.services import synthesis as services
from ozeli.projects.services import synthesis_publication as publication
from tests.personas import Cast
from tests.projects import synthesis as make

pytestmark = pytest.mark.django_db


def published(synthesis: Synthesis, cast: Cast) -> Synthesis:
    services.publish(synthesis, actor=cast.nora, version=synthesis.version)
    publication.make(synthesis.pk)
    synthesis.refresh_from_db()
    assert synthesis.state == SynthesisState.PUBLISHED, synthesis.message
    return synthesis


def structure(node: Any, found: dict[str, int]) -> dict[str, int]:
    """How many elements of each kind the tags of a PDF hold."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            structure(one, found)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found[str(node.S)] = found.get(str(node.S), 0) + 1
        if "/K" in node:
            structure(node.K, found)
    return found


def test_the_pdf_is_tagged_and_says_its_language(people: Cast) -> None:
    make.half_year(people)
    synthesis = published(make.draft(people), people)

    with pikepdf.open(io.BytesIO(bytes(synthesis.files.get(format="pdf").content))) as file:
        root = file.Root
        tags = structure(root.StructTreeRoot, {})
        assert root.MarkInfo.Marked is True or bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "fr-FR"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(file.docinfo.Title) == synthesis.title
        with file.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
        sections = synthesis.sections.exclude(code__startswith="projet-").count()
        assert tags["/H1"] >= sections and tags["/H2"] >= 3 and tags["/L"] >= 3
        assert tags["/Table"] >= 3 and tags["/TH"] >= 8 and tags["/TD"] > 20 and tags["/Link"] > 10
        assert "/TOC" in tags and "/Caption" in tags


def test_the_word_file_has_headings_lists_and_header_rows(people: Cast) -> None:
    make.half_year(people)
    synthesis = published(make.draft(people), people)

    with zipfile.ZipFile(io.BytesIO(bytes(synthesis.files.get(format="docx").content))) as file:
        body, styles = file.read("word/document.xml").decode(), file.read("word/styles.xml").decode()
        known = file.read("docProps/core.xml").decode()
    assert "L’essentiel" in body and 'w:val="Heading1"' in body and 'w:val="ListBullet"' in body
    assert "w:tblHeader" in body and "superscript" in body
    assert 'w:lang w:val="fr-FR"' in styles and 'w:val="en-US"' not in styles
    assert "fr-FR" in known and "python-docx" not in known and "Martin" not in known + body


def test_publishing_twice_is_publishing_once(people: Cast) -> None:
    make.half_year(people)
    synthesis = published(make.draft(people), people)
    kept = dict(SynthesisFile.objects.values_list("format", "sha256"))

    publication.make(synthesis.pk)

    assert dict(SynthesisFile.objects.values_list("format", "sha256")) == kept and len(kept) == 2
    assert Event.objects.filter(type="synthesis.ready").count() == 1
    assert Entry.objects.filter(verb="synthesis.published").count() == 1


def test_a_published_synthesis_does_not_change(people: Cast) -> None:
    make.half_year(people)
    synthesis = published(make.draft(people), people)
    section = synthesis.sections.get(code="essentiel")

    with pytest.raises(Conflict):
        services.write_section(section, "Autre chose", actor=people.nora, version=section.version)
    with pytest.raises(Conflict):
        services.rewrite_section(section, actor=people.nora, version=section.version)
    with pytest.raises(Conflict):
        services.add_pages(synthesis, [], actor=people.nora)
    with pytest.raises(Conflict):
        services.drop(synthesis, actor=people.nora)


def test_a_project_closed_since_keeps_it_from_being_published(people: Cast) -> None:
    made = make.half_year(people)
    synthesis = make.draft(people)
    Project.objects.filter(pk=made["stopped"].pk).update(audience=Audience.ORGANISATION)

    with pytest.raises(Refused, match="ne peuvent plus lire"):
        services.publish(synthesis, actor=people.nora, version=synthesis.version)

    for section, _why in services.lacks(synthesis):
        if section.is_page:
            services.remove_page(synthesis, section.code, actor=people.nora)
        else:
            services.rewrite_section(section, actor=people.nora, version=section.version)
    assert services.lacks(synthesis) == []
    published(synthesis, people)


def test_a_project_closed_while_the_job_waits_is_not_published(people: Cast) -> None:
    made = make.half_year(people)
    synthesis = make.draft(people)
    services.publish(synthesis, actor=people.nora, version=synthesis.version)
    Project.objects.filter(pk=made["ended"].pk).update(is_withdrawn=True)

    publication.make(synthesis.pk)

    synthesis.refresh_from_db()
    assert synthesis.is_draft and "ne peuvent plus lire" in synthesis.message
    assert not synthesis.files.exists()


def test_a_job_that_fails_leaves_the_draft_and_says_so(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make.half_year(people)
    synthesis = make.draft(people)
    services.publish(synthesis, actor=people.nora, version=synthesis.version)

    def broken(*_args: object) -> bytes:
        raise pdf.SettingFailed("no")

    monkeypatch.setattr(pdf, "write", broken)
    for _attempt in range(publication.ATTEMPTS):
        with pytest.raises(pdf.SettingFailed):
            publication.make(synthesis.pk)
    publication.make(synthesis.pk)

    synthesis.refresh_from_db()
    assert synthesis.is_draft and synthesis.message == publication.FAILED
    assert Event.objects.filter(type="synthesis.ready").count() == 1


def test_a_stopped_publication_opens_nothing(people: Cast) -> None:
    make.half_year(people)
    synthesis = make.draft(people)
    services.publish(synthesis, actor=people.nora, version=synthesis.version)
    services.stop(synthesis, actor=people.nora)

    publication.make(synthesis.pk)

    synthesis.refresh_from_db()
    assert synthesis.is_draft and not synthesis.files.exists()


def test_the_setting_fails_loudly_on_a_bad_order(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from ozeli.core import clock
    from ozeli.projects.documents import content

    document = content.read(make.draft(people))
    monkeypatch.setattr(pdf, "_data", lambda *_args: {})
    with pytest.raises(pdf.SettingFailed):
        pdf.write(document, clock.today())


def test_words_that_look_like_orders_are_printed_as_they_are(people: Cast) -> None:
    make.project("#panic() $x$ *gras* <b> @ref", owner=people.alice, summary='#read("/etc/passwd")')
    synthesis = published(make.draft(people), people)

    assert bytes(synthesis.files.get(format="pdf").content).startswith(b"%PDF-")


# --- who --------------------------------------------------------------------------------------------------------------


def test_the_list_and_the_object_agree_for_everyone(people: Cast) -> None:
    made = []
    for state in SynthesisState:
        for audience in Audience:
            one = make.of_loire(people, audience=audience)
            made.append(one)
            Synthesis.objects.filter(pk=one.pk).update(state=state)
        one = make.draft(people, scope=Audience.BRANCH, audience=Audience.BRANCH, branch=people.loire.branch)
        made.append(one)
        Synthesis.objects.filter(pk=one.pk).update(state=state)
    made = list(Synthesis.objects.all())
    for person in people.people().values():
        seen = set(Synthesis.objects.visible_to(person).values_list("pk", flat=True))
        assert seen == {one.pk for one in made if rules.can_see(person, one)}, person.display_name


def test_a_contributor_of_a_body_writes_for_it_alone(people: Cast) -> None:
    assert make.of_loire(people).organisation == people.loire
    with pytest.raises(Refused):
        make.draft(people, actor=people.rita)
    with pytest.raises(Refused):
        make.of_loire(people, actor=people.alice)
    with pytest.raises(Refused):
        make.of_loire(people, organisation=people.rhone)


def test_the_files_are_for_its_readers(people: Cast, sign_in: Any) -> None:
    make.half_year(people)
    synthesis = published(make.of_loire(people), people)
    url = f"{synthesis.get_absolute_url()}synthese.pdf"

    answer = sign_in(people.alice).get(url)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and "attachment" in answer["Content-Disposition"]
    for stranger in (people.bob, people.charlie, people.dev, people.zoe):
        assert sign_in(stranger).get(url).status_code == 404
    assert sign_in(people.alice).get(f"{synthesis.get_absolute_url()}synthese.odt").status_code == 404


def test_withdrawn_it_is_left_to_those_who_write_it(people: Cast, sign_in: Any) -> None:
    make.half_year(people)
    synthesis = published(make.of_loire(people), people)
    services.withdraw(synthesis, actor=people.rita, reason="Un chiffre était faux.")

    reader, writer = sign_in(people.alice), sign_in(people.rita)
    assert reader.get(synthesis.get_absolute_url()).status_code == 404
    assert "Un chiffre était faux." in writer.get(synthesis.get_absolute_url()).content.decode()
    with pytest.raises(Conflict):
        services.withdraw(synthesis, actor=people.rita, reason="Encore")


def test_its_writers_are_told(people: Cast) -> None:
    from ozeli.core.registry import event_types

    make.half_year(people)
    synthesis = published(make.of_loire(people), people)
    event, kind = Event.objects.get(type="synthesis.ready"), event_types["synthesis.ready"]

    assert set(kind.recipients(event)) == {people.rita.pk, people.nora.pk}
    told = kind.message(event, people.rita)
    assert told is not None and told.subject == "Votre synthèse est publiée"
    assert list(kind.visible(people.bob, [synthesis.pk])) == []
