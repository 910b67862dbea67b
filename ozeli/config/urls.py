"""Addresses of the portal, in French."""

from django.urls import include, path, register_converter

from ozeli.core.ids import ShortIdConverter

register_converter(ShortIdConverter, "short")

handler400 = "ozeli.core.errors.bad_request"
handler403 = "ozeli.core.errors.forbidden"
handler404 = "ozeli.core.errors.not_found"
handler429 = "ozeli.accounts.views.signin.too_many_attempts"
handler500 = "ozeli.core.errors.server_error"

urlpatterns = [
    path("", include("ozeli.portal.urls")),
    path("", include("ozeli.core.urls")),
    path("", include("ozeli.accounts.urls")),
    path("", include("ozeli.network.urls")),
    path("", include("ozeli.files.urls")),
    path("", include("ozeli.search.urls")),
    path("", include("ozeli.engagement.urls")),
    path("", include("ozeli.activity.urls")),
    path("", include("ozeli.challenges.urls")),
    path("", include("ozeli.airlock.urls")),
    path("", include("ozeli.ideas.urls")),
    path("", include("ozeli.projects.urls")),
    path("", include("ozeli.people.urls")),
    path("", include("ozeli.transfers.urls")),
]
