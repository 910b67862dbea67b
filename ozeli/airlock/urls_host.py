"""Addresses of the host of the airlock, in French. The portal has none of them."""

from django.urls import path

from .pages import about, deposit, follow

urlpatterns = [
    path("", about.about, name="about"),
    path("anonymat/", about.held, name="held"),
    path("deposer/", deposit.deposit, name="deposit"),
    path("relire/", deposit.review, name="review"),
    path("recu/", deposit.receipt, name="receipt"),
    path("suivre/", follow.follow, name="follow"),
    path("suivre/message/", follow.message, name="message"),
    path("suivre/completer/", follow.complete, name="complete"),
    path("suivre/retirer/", follow.withdraw, name="withdraw"),
]
