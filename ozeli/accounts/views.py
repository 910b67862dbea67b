"""Sign-in after a lost session, and a person's own page."""

from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ozeli.core import recovery


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The session was lost while a form was being sent: sign in here, and find the fields again."""
    context = {
        "form": LoginForm(request=request),
        "reprise": recovery.pack(request),
        "redirect_field_name": "next",
        "redirect_field_value": recovery.page_of(request),
    }
    return render(request, "account/login.html", context, status=401)
