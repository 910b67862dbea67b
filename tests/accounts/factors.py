"""Second factors for the tests: an application whose codes the test computes, and the way to add it."""

import re
import time
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import User
from ozeli.accounts.tasks import send_security_notice
from tests.factories import PASSWORD

SECURITY = "/moi/securite/"


def give_totp(user: User) -> str:
    """This person has an application, and recovery codes; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code that the application shows now, or some steps of thirty seconds away."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_codes(user: User) -> list[str]:
    held = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return list(held.wrap().get_unused_codes())


def enter(user: User, client: Client | None = None, **fields: str) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post("/connexion/", {"login": user.email, "password": PASSWORD, **fields})


def confirmed(user: User) -> Client:
    """Signed in by password, and has just given it again."""
    client, _answer = enter(user)
    client.post("/moi/confirmer/", {"password": PASSWORD, "next": SECURITY})
    return client


def post(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, fields | {"idempotency_key": str(uuid4())})


def shown_secret(client: Client) -> str:
    page = client.get(f"{SECURITY}application/").content.decode()
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def set_up(client: Client) -> Any:
    secret = shown_secret(client)
    return post(client, f"{SECURITY}application/", code=code_of(secret))


def give_key(user: User, name: str = "Téléphone") -> Authenticator:
    credential = {"clientExtensionResults": {}}
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": name, "credential": credential}
    )


def send_notices() -> None:
    """Do what the worker would of the mails about a change of password or factor."""
    for job in ProcrastinateJob.objects.filter(task_name="accounts.send_security_notice").order_by("id"):
        send_security_notice(**job.args)
