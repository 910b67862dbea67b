"""Write, read again, deposit, note the receipt: without script, cookie, or anything kept."""

import io
import json
import time
from typing import Any

import pytest
from PIL import Image

from ozeli.airlock import pictures, quotas, receipts, silence, tokens, urn
from ozeli.airlock.pages import deposit as pages
from ozeli.challenges.enums import PhaseKind
from ozeli.network.enums import Audience
from ozeli.search.services import index_objects
from tests.factories import BranchFactory, ChallengeFactory, DomainFactory, IdeaFactory, OrganisationFactory

from .visitor import TEXT, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def domain() -> Any:
    return DomainFactory(code="accueil")


def jpeg(width: int = 1200) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "APPAREIL-DE-CLAIRE"
    file = io.BytesIO()
    Image.new("RGB", (width, 900), (200, 120, 40)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_from_the_first_page_to_the_receipt(visitor: Visitor) -> None:
    assert "Ce que nous ne pouvons pas promettre" in visitor.get("/").text
    review = visitor.review()
    assert review.status == 200
    assert "Relire avant de déposer" in review.text
    assert not urn.held()
    receipt = visitor.post("/relire/", visitor.carried(review))
    assert receipt.status == 200
    (entry,) = urn.held().entries
    assert entry["digest"] == receipts.digest(receipt.code)
    assert entry["title"] == "Signaler les courriers ambigus"
    assert receipts.shown(receipt.code) in receipt.text
    assert receipt.code not in json.dumps(urn.held().entries)
    noted = visitor.post(
        "/recu/", {"ticket": receipt.hidden("ticket"), "code": receipt.code, "fin": receipt.code[-5:].lower()}
    )
    assert "C’est noté" in noted.text


def test_a_receipt_that_was_not_noted_stays_shown(visitor: Visitor) -> None:
    receipt = visitor.deposit()
    said = {"ticket": receipt.hidden("ticket"), "code": receipt.code, "title": "Le titre"}
    for wrong in ("", "AAAAA", receipt.code[-2:]):
        again = visitor.post("/recu/", said | {"fin": wrong})
        assert again.status == 422
        assert receipts.shown(receipt.code) in again.text
    assert "rien à confirmer" in visitor.get("/recu/").text
    assert "rien à confirmer" in visitor.post("/recu/", said | {"code": "FORGED"}).text


def test_a_deposit_sent_five_times_is_one(visitor: Visitor) -> None:
    review = visitor.review()
    answers = [visitor.post("/relire/", visitor.carried(review)) for _ in range(5)]
    assert len({answer.code for answer in answers}) == 1
    assert len(urn.held()) == 1


def test_another_text_with_the_same_page_is_another_deposit(visitor: Visitor) -> None:
    review = visitor.review()
    first = visitor.post("/relire/", visitor.carried(review))
    second = visitor.post("/relire/", visitor.carried(review, title="Un autre titre"))
    assert first.code != second.code
    assert len(urn.held()) == 2


def test_what_is_missing_is_told_and_the_text_kept(visitor: Visitor) -> None:
    answer = visitor.review(problem="court", domain="")
    assert answer.status == 422
    assert TEXT["proposal"].split(",")[0] in answer.text
    review = visitor.review()
    refused = visitor.post("/relire/", visitor.carried(review, title=""))
    assert refused.status == 422
    assert "Donnez un titre" in refused.text
    assert not urn.held()


def test_back_to_the_text(visitor: Visitor) -> None:
    review = visitor.review(jpeg())
    back = visitor.post("/relire/", visitor.carried(review) | {"geste": "texte"})
    assert "ambigus" in back.text
    assert "Un courrier" in back.text
    assert visitor.get("/relire/").status == 200
    data = TEXT | {"ticket": back.hidden("ticket"), "pictures": back.hidden("pictures"), "drop_pictures": "1"}
    assert "data:image" not in visitor.post("/deposer/", data).text


def test_a_choice_gone_meanwhile(visitor: Visitor, domain: Any) -> None:
    review = visitor.review()
    answer = visitor.post("/relire/", visitor.carried(review, branch="disparue"))
    assert answer.status == 422
    assert "Où la ranger" in answer.text


@pytest.mark.parametrize(
    "extra",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
    ],
)
def test_a_form_from_elsewhere_is_refused_with_its_text(visitor: Visitor, extra: dict[str, str]) -> None:
    data = TEXT | {"ticket": visitor.get("/deposer/").hidden("ticket"), "pictures": ""}
    answer = visitor.post("/deposer/", data, **extra)
    assert answer.status == 403
    assert "ambigus" in answer.text
    review = visitor.review()
    assert visitor.post("/relire/", visitor.carried(review), **extra).status == 403
    assert not urn.held()


def test_an_old_browser_tells_its_origin(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.airlock.visitor.OURS", {})
    data = TEXT | {"ticket": visitor.get("/deposer/").hidden("ticket"), "pictures": ""}
    assert visitor.post("/deposer/", data).status == 403
    assert visitor.post("/deposer/", data, HTTP_ORIGIN="null").status == 403
    assert visitor.post("/deposer/", data, HTTP_ORIGIN="http://127.0.0.1:8000").status == 403
    assert visitor.post("/deposer/", data, HTTP_ORIGIN="http://localhost:8001").status == 200


@pytest.mark.parametrize("ticket", ["", "é", "A", "AAAA", "A" * 76])
def test_a_ticket_that_is_not_ours(visitor: Visitor, ticket: str) -> None:
    data = visitor.carried(visitor.review()) | {"ticket": ticket}
    assert visitor.post("/relire/", data).status == 403


def test_a_ticket_lasts_two_hours(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    data, now = visitor.carried(visitor.review()), time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now + 3 * 3600)
    late = visitor.post("/relire/", data)
    assert late.status == 403
    assert "plus de deux heures" in late.text
    assert visitor.post("/relire/", data | {"ticket": late.hidden("ticket") + "é"}).status == 403
    assert visitor.post("/relire/", data | {"ticket": late.hidden("ticket")}).status == 200
    forged = tokens._signed(b"x" * 16, 1)
    assert tokens.ticket_of(forged) is None
    assert tokens.ticket_of(tokens._signed(b"x" * 16, 0)[:-4] + "AAA=") is None


def test_personal_data_is_shown_and_asked_about(visitor: Visitor) -> None:
    review = visitor.review()
    asked = visitor.post("/relire/", visitor.carried(review, benefit="Appelez le 04 77 12 34 56."))
    assert asked.status == 422
    assert "Relisez ces passages" in asked.text
    said = visitor.carried(asked, benefit="Appelez le 04 77 12 34 56.")
    assert visitor.post("/relire/", said | {"confirmed": asked.hidden("confirmed")}).status == 200
    blocked = visitor.post(
        "/relire/", visitor.carried(review, benefit="Son numéro : 1 85 05 78 006 084 91"), confirmed=""
    )
    assert blocked.status == 422
    assert "sécurité sociale" in blocked.text


def test_too_many_deposits_keep_the_text(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "DEPOSITS_AN_HOUR", 1)
    review = visitor.review()
    first = visitor.post("/relire/", visitor.carried(review))
    answer = visitor.deposit(title="Une autre idée")
    assert (first.status, answer.status) == (200, 429)
    assert "ambigus" in answer.text
    # What was acknowledged is still acknowledged.
    assert visitor.post("/relire/", visitor.carried(review)).code == first.code


def test_a_busy_or_full_airlock_keeps_the_text(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    review = visitor.carried(visitor.review())

    def busy(code: str) -> str:
        raise receipts.Busy

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "digest", busy)
        answer = visitor.post("/relire/", review)
    assert (answer.status, "ambigus" in answer.text) == (503, True)
    monkeypatch.setattr(urn, "MOST_BYTES", 100)
    answer = visitor.post("/relire/", review)
    assert (answer.status, "ambigus" in answer.text) == (503, True)


def test_counts_forget_the_hours_gone_by(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    assert quotas.take("x", (1, 3600))
    assert not quotas.take("x", (1, 3600))
    monkeypatch.setattr(quotas.time, "time", lambda: now + 7200)
    assert quotas.take("x", (1, 3600))
    assert len(quotas._counts) == 1


# --- where it belongs ---------------------------------------------------------------------------------------------


def test_the_challenge_one_came_from_is_chosen(visitor: Visitor) -> None:
    challenge = ChallengeFactory(slug="courriers", phases={PhaseKind.OPEN: (-5, 5)})
    closed = ChallengeFactory(slug="clos", phases={PhaseKind.OPEN: (-9, -5)})
    body = OrganisationFactory()
    inner = ChallengeFactory(
        slug="branche", audience=Audience.BRANCH, branch=body.branch, phases={PhaseKind.OPEN: (-5, 5)}
    )
    page = visitor.get("/deposer/", "defi=courriers").text
    assert f'<option value="{challenge.pk}" selected>' in page
    assert str(closed.pk) not in page
    assert str(inner.pk) not in page
    assert challenge.title in visitor.get("/", "defi=courriers").text
    assert challenge.title not in visitor.get("/", "defi=autre").text
    visitor.deposit(challenge=str(challenge.pk))
    assert urn.held().entries[0]["challenge"] == str(challenge.pk)
    assert visitor.review(challenge=str(inner.pk)).status == 422


def test_a_challenge_that_takes_nothing_is_told_before_one_writes(visitor: Visitor) -> None:
    """Closed, absent, or opened a moment ago by another process: never an idea out of it without a word."""
    challenge = ChallengeFactory(slug="courriers", phases={PhaseKind.OPEN: (-9, -5)})
    said = "Le défi d’où vous venez ne reçoit pas d’idée en ce moment"
    assert said in visitor.get("/deposer/", "defi=courriers").text
    assert said in visitor.get("/deposer/", "defi=inconnu").text
    assert said in visitor.get("/", "defi=inconnu").text
    assert said not in visitor.get("/deposer/").text + visitor.get("/").text
    page = visitor.review(challenge=str(challenge.pk))
    assert page.status == 422
    assert "Ce défi ne reçoit plus d’idée" in page.text and TEXT["proposal"] in page.text


def test_a_branch_is_shown_before_it_is_told(visitor: Visitor) -> None:
    BranchFactory(code="famille", name="Famille")
    review = visitor.review(branch="famille")
    assert "Famille, affichée avec l’idée" in review.text
    assert "La branche que vous avez choisi" in visitor.deposit(branch="famille").text


def test_look_alikes_only_when_the_base_is_silent(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    alike = IdeaFactory(
        title="Un canal pour les courriers ambigus",
        proposal="Ouvrir un canal pour signaler chaque courrier ambigu. " + "Un mot. " * 40,
    )
    hidden = IdeaFactory(title="Courrier ambigu caché", proposal=alike.proposal, is_hidden=True)
    inner = IdeaFactory(
        title="Courrier ambigu interne", proposal=alike.proposal, audience=Audience.ORGANISATION
    )
    index_objects("idea", [alike.pk, hidden.pk, inner.pk])
    monkeypatch.setattr(silence, "is_kept", lambda: True)
    page = visitor.review().text
    assert alike.title in page
    assert alike.get_absolute_url() not in page
    assert hidden.title not in page
    assert inner.title not in page
    monkeypatch.setattr(silence, "is_kept", lambda: False)
    page = visitor.review().text
    assert alike.title not in page
    assert "la base en garderait la trace" in page


def test_silence_is_what_the_server_says(db: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        assert "track_activities=on" in silence.faults()
        cursor.execute("set track_activities = off")
        cursor.execute("set log_min_error_statement = 'error'")
        assert silence.faults() == ["log_min_error_statement=error"]
        cursor.execute("set log_min_error_statement = 'panic'")
        assert silence.faults() == []
        assert silence.is_kept()
        cursor.execute("reset log_min_error_statement")
        cursor.execute("reset track_activities")


# --- images -----------------------------------------------------------------------------------------------------------


def test_an_image_is_made_anew_and_travels_in_the_form(visitor: Visitor) -> None:
    source = jpeg()
    assert b"APPAREIL-DE-CLAIRE" in source
    review = visitor.review(source)
    assert review.status == 200
    receipt = visitor.post("/relire/", visitor.carried(review))
    assert "refaites sans leurs données" in receipt.text
    (entry,) = urn.held().entries
    (picture,) = entry["pictures"]
    raw = pictures.base64.b64decode(picture["data"])
    assert raw[8:12] == b"WEBP"
    assert b"APPAREIL" not in raw
    assert b"Exif" not in raw
    assert "bureau" not in json.dumps(entry)


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"%PDF-1.4 not an image",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 50,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 400,
        jpeg()[:400],
        b"\xff\xd8\xff" + b"<?php echo 1 ?>" * 20,
    ],
)
def test_a_hostile_image_is_refused_and_the_text_kept(visitor: Visitor, image: bytes) -> None:
    answer = visitor.review(image or b"", image_2="") if image else visitor.review(b"\0")
    assert answer.status == 422
    assert "ambigus" in answer.text
    assert not list(pictures.MEMORY.glob("oz*/made"))


def test_images_have_limits(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "dépasse 5" in visitor.review(b"\xff\xd8\xff" + b"0" * 5_000_001).text
    good = jpeg()
    undescribed = visitor.review(good, description_1="")
    assert undescribed.status == 200  # the visitor describes it
    long = visitor.review(description_2="x" * 300)
    assert "250 caractères" in long.text
    for name, value in (("MOST_MADE_BYTES", 10),):
        with monkeypatch.context() as patch:
            patch.setattr(pictures, name, value)
            assert "trop lourde" in visitor.review(good).text
    with monkeypatch.context() as patch:
        patch.setattr(quotas, "IMAGES_AN_HOUR", 0)
        assert "Trop d’images" in visitor.review(good).text
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "MEMORY", pictures.Path("/nowhere"))
        assert "n’accepte pas d’image" in visitor.get("/deposer/").text
        assert "Trop d’images" in visitor.review(good).text


def test_an_image_needs_its_words(visitor: Visitor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data: dict[str, Any] = TEXT | {"ticket": visitor.get("/deposer/").hidden("ticket"), "pictures": ""}
    answer = visitor.post("/deposer/", data | {"image_2": SimpleUploadedFile("a.jpg", jpeg())})
    assert answer.status == 422
    assert "Décrivez l’image" in answer.text


def test_two_images_at_most(visitor: Visitor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data: dict[str, Any] = TEXT | {"ticket": visitor.get("/deposer/").hidden("ticket"), "pictures": ""}
    for number in (1, 2):
        data |= {f"image_{number}": SimpleUploadedFile("a.jpg", jpeg()), f"description_{number}": "Une image"}
    both = visitor.post("/deposer/", data)
    assert both.status == 200
    assert both.text.count("data:image/webp") == 2
    data["image_1"] = SimpleUploadedFile("a.jpg", jpeg())
    data.pop("image_2")
    third = visitor.post("/deposer/", data | {"pictures": both.hidden("pictures")})
    assert third.status == 422
    assert "Deux images au plus" in third.text


def test_images_that_we_did_not_make_do_not_come_back(visitor: Visitor) -> None:
    review = visitor.review(jpeg())
    sealed = review.hidden("pictures")
    forged = sealed[:64] + sealed[64:].replace("Un courrier", "Autre chose")
    visitor.post("/relire/", visitor.carried(review) | {"pictures": forged})
    visitor.post("/relire/", visitor.carried(review) | {"pictures": "é"})
    assert [entry["pictures"] for entry in urn.held().entries] == [[]]


def test_names_of_the_pages_are_ours() -> None:
    assert pages.STEP_ONE == (
        "problem",
        "beneficiaries",
        "proposal",
        "benefit",
        "domain",
        "branch",
        "challenge",
    )
