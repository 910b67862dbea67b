"""The mails of sign-in, and the sessions that are over."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ozeli.core import clock
from ozeli.core.french import clock_time, long_date

from . import selectors
from .models import Invitation, OpenSession, User


@app.task(name="accounts.send_password_reset", retry=RetryStrategy(max_attempts=6, exponential_wait=4))
def send_password_reset(user_id: int) -> None:
    """Send the link by which a person chooses a new password. It is made here: no table ever holds it."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    names = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=names)
    context = {"password_reset_url": link}
    get_adapter().render_mail("account/email/password_reset_key", user.email, context).send()


@app.task(name="accounts.send_security_notice", retry=RetryStrategy(max_attempts=6, exponential_wait=4))
def send_security_notice(user_id: int, change: str, at: str) -> None:
    """Tell a person of a change of their password or of their second factor, so that a stranger's is seen."""
    from .wording import SECURITY_CHANGES

    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    moment = datetime.fromisoformat(at)
    context = {
        "change": SECURITY_CHANGES[change],
        "moment": f"{long_date(moment)} à {clock_time(moment)}",
        "sessions_url": settings.PUBLIC_URL + reverse("accounts:sessions"),
        "contact": settings.CONTACT,
    }
    get_adapter().render_mail("account/email/security_notice", user.email, context).send()


@app.task(name="accounts.send_invitation", retry=RetryStrategy(max_attempts=6, exponential_wait=4))
def send_invitation(invitation_id: int, key: str) -> None:
    """Send the link of an invitation, as long as it is the one that was asked for.

    An address that has an account already is told so, in its own mailbox and nowhere else.
    """
    from .services.invitations import link_token

    rows = Invitation.objects.live().select_related("organisation", "profile", "invited_by")
    invitation = rows.filter(pk=invitation_id, key=key).first()
    if invitation is None:
        return
    has_account = selectors.person_at(invitation.email) is not None
    page = reverse("account_login") if has_account else reverse("invitation", args=[link_token(invitation)])
    context = {
        "url": settings.PUBLIC_URL + page,
        "has_account": has_account,
        "organisation": invitation.organisation.name,
        "sender": invitation.invited_by.display_name if invitation.invited_by else "",
        "expires_at": invitation.expires_at,
    }
    get_adapter().render_mail("account/email/invitation", invitation.email, context).send()
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=clock.now())


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="accounts.forget_sessions", name="accounts.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Forget where sessions that are over were opened; retention forgets the sessions themselves."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    OpenSession.objects.exclude(session_key__in=alive).delete()
