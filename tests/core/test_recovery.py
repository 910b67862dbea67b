"""What a refused form gives back: the texts that somebody typed, and the page to go back to."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client, RequestFactory

from ozeli.core.recovery import given_back

FORM = "/idees/deposer/?domaine=accueil"


def test_texts_are_given_back_codes_are_not(rf: RequestFactory) -> None:
    typed = {
        "problem": "Un rendez-vous sur cinq",
        "title": "Vélos",
        "domain": "accueil",
        "draft": "6066f71e-b499-4097-b7e8-ce9aa3ea0bd7",
        "geste": "brouillon",
        "password": "Mon secret à moi",
    }
    request = rf.post("/idees/deposer/", typed, headers={"Referer": f"http://testserver{FORM}"})
    assert given_back(request) == {
        "typed": {"problem": ["Un rendez-vous sur cinq"], "title": ["Vélos"]},
        "page": FORM,
    }


def test_form_of_another_site_leads_to_the_posted_path(rf: RequestFactory) -> None:
    request = rf.post("/idees/deposer/", {}, headers={"Referer": "http://ailleurs.test/piege/"})
    assert given_back(request) == {"typed": {}, "page": "/idees/deposer/"}


@pytest.mark.django_db
def test_database_lost_before_the_view_answers_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is read before any view: Django would answer 500."""

    def lost(*args: object, **kwargs: object) -> None:
        raise OperationalError("couldn't get a connection")

    client.cookies["ozeli_session"] = "x" * 32
    monkeypatch.setattr(Session.objects, "get", lost)
    client.raise_request_exception = False
    response = client.post("/idees/deposer/", {"problem": "Un rendez-vous sur cinq"})
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "Un rendez-vous sur cinq" in response.content.decode()
