"""People by the beginnings of the words of their name."""

import pytest
from django.db import connection

from ozeli.accounts.models import User
from ozeli.core.name_search import named
from tests.factories import UserFactory

NAMES = ("Aurélie N’Guessan", "Jean-Luc Martin", "Martine d’Ormesson", "Zoé Saint-Martin", "Li Wu")


@pytest.fixture
def network(db: None) -> None:
    for name in NAMES:
        UserFactory(display_name=name)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mart", {"Jean-Luc Martin", "Martine d’Ormesson", "Zoé Saint-Martin"}),
        ("MART zo", {"Zoé Saint-Martin"}),
        ("n’gu", {"Aurélie N’Guessan"}),
        ("aurelie", {"Aurélie N’Guessan"}),
        ("artin", set()),
        ("li", {"Li Wu"}),
        ("mart:* | !zo & 'x", set()),
        ("  ", set(NAMES)),
        ("mart\0", {"Jean-Luc Martin", "Martine d’Ormesson", "Zoé Saint-Martin"}),
    ],
)
def test_each_word_begins_one_of_the_name(network: None, typed: str, found: set[str]) -> None:
    assert set(User.objects.filter(named(typed)).values_list("display_name", flat=True)) == found


def test_index_answers(network: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    assert "accounts_user_words" in User.objects.filter(named("mart du"), is_active=True).explain()
