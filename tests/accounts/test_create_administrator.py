"""The first account of an installation."""

import pytest
from django.core.management import CommandError, call_command

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.journal.models import Entry

pytestmark = pytest.mark.django_db
ARGUMENTS = ("create_administrator", "Chef@Exemple.test", "Awa Diop", "Caisse d’essai")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "une phrase bien longue")


def test_first_account_may_do_all(typed: None) -> None:
    call_command(*ARGUMENTS, verbosity=0)

    user = User.objects.get(email="chef@exemple.test")
    assert user.level("rights") == Level.ADMIN
    assert user.check_password("une phrase bien longue")
    assert user.organisation.name == "Caisse d’essai"
    assert Entry.objects.exists()


def test_same_address_twice_is_refused(typed: None) -> None:
    call_command(*ARGUMENTS, verbosity=0)

    with pytest.raises(CommandError, match="déjà un compte"):
        call_command(*ARGUMENTS, verbosity=0)


def test_weak_password_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "azerty")

    with pytest.raises(CommandError):
        call_command(*ARGUMENTS, verbosity=0)

    assert not User.objects.exists()


def test_no_terminal_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_typed(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nothing_typed)

    with pytest.raises(CommandError, match="terminal"):
        call_command(*ARGUMENTS, verbosity=0)

    assert not User.objects.exists()
