"""How people come in, in the demonstration: invitations in every state, and the domains of single sign-on."""

from datetime import date, timedelta

from ozeli.accounts.models import BodySign, Invitation, Profile

from .cast import Cast, at, drawn_uuid

# address, body, days ago, end ("" waits; a month-old one is out of date by itself)
_INVITED = (
    ("amandine.guerin", "caf-59", 1, ""),
    ("loic.tanguy", "cpam-44", 3, ""),
    ("maeva.payet", "caf-75", 31, ""),
    ("come.lefebvre", "cpam-69", 12, "cancelled"),
)
_DOMAINS = (("caf59.demo.test", "caf-59"), ("cpam44.demo.test", "cpam-44"), ("cnav.demo.test", "cnav"))


def write_entrance(cast: Cast, today: date) -> None:
    profile = Profile.objects.get(code="reader")
    Invitation.objects.bulk_create(
        Invitation(
            email=f"{name}@demo.test",
            organisation=cast.organisations[body],
            profile=profile,
            key=drawn_uuid(f"invitation {name}"),
            invited_by=cast.people["stephane.mercier"],
            created_at=at(today - timedelta(days=days), 9),
            sent_at=at(today - timedelta(days=days), 9, 1),
            expires_at=at(today - timedelta(days=days - 7), 9),
            cancelled_at=at(today - timedelta(days=days - 1), 15) if end else None,
        )
        for name, body, days, end in reversed(_INVITED)
    )
    BodySign.objects.bulk_create(
        BodySign(kind=BodySign.Kind.DOMAIN, value=domain, organisation=cast.organisations[body])
        for domain, body in _DOMAINS
    )
