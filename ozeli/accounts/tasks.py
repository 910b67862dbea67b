"""The mails of sign-in."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .models import User


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
