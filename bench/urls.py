"""The product's addresses, and /plancher/."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from ozeli.config.urls import *  # noqa: F403
from ozeli.config.urls import urlpatterns as product_urls
from ozeli.network.models import Branch

PAGE = Template(
    "<!doctype html><title>{{ branches|length }}</title><ul>{% for b in branches %}<li>{{ b }}</li>{% endfor %}</ul>"
)


@login_not_required
def floor(request: HttpRequest) -> HttpResponse:
    """A template and one query: what any page of this server costs at least."""
    return HttpResponse(PAGE.render(Context({"branches": list(Branch.objects.all()[:5])})))


urlpatterns = [path("plancher/", floor), *product_urls]
