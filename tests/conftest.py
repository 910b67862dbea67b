"""What every test shares: the database plugin, the guards, the cast, and signed-in clients."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from ozeli.accounts.models import User
from ozeli.core import memo

from .personas import Cast, cast

pytest_plugins = [
    "tests.plugins.database",
    "tests.plugins.templates",
    "tests.plugins.files",
    "tests.plugins.responses",
]


@pytest.fixture(autouse=True)
def quick_and_strict(settings: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fast hashes, nothing remembered from another test, GETs proven read-only, mails in memory."""
    memo.forget_all()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.READ_ONLY_GET = True
    settings.SECOND_FACTOR_REQUIRED = False  # its own tests ask for it
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def sign_in() -> Callable[[User | None], Client]:
    """`sign_in(user)`: a client of that person; nobody for None."""

    def client_of(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return client_of
