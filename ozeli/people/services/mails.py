"""The mails of an erasure. None of them is kept by a table."""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

SUBJECTS = {
    "asked": "L’effacement de votre compte est demandé",
    "kept": "Votre compte est gardé",
    "done": "Votre compte est effacé",
}


def send(what: str, address: str, name: str, **context: object) -> None:
    """Send at once; raises what the mail server raises."""
    EmailMessage(
        subject=f"Ozéli\u00a0: {SUBJECTS[what][0].lower()}{SUBJECTS[what][1:]}",
        body=render_to_string(
            f"people/mail/{what}.txt", {"name": name, "url": f"{settings.PUBLIC_URL}/moi/donnees/", **context}
        ),
        to=[formataddr((" ".join(name.split()), address))],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": "fr"},
    ).send()
