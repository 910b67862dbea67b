"""Addresses of the portal about anonymous deposits; those of the airlock's own host are in `urls_host`."""

from django.urls import path

from .views import desk, signing

app_name = "airlock"

urlpatterns = [
    path("animation/sas/", desk.desk, name="desk"),
    path("animation/sas/export.csv", desk.export, name="export"),
    path("animation/sas/<uuid:pk>/", desk.deposit, name="deposit"),
    path("animation/sas/<uuid:pk>/masquer/", desk.masking, name="mask"),
    path("animation/sas/<uuid:pk>/message/", desk.word, name="word"),
    path("mes-idees/signer/", signing.signing, name="sign"),
]
