"""Addresses of the host of the airlock, in French. The portal has none of them."""

from django.urls import path

from .pages import about

urlpatterns = [
    path("", about.about, name="about"),
]
