"""Rows of the airlock."""

import factory
from factory.django import DjangoModelFactory

from ozeli.airlock import receipts
from ozeli.airlock.models import Deposit
from ozeli.core import clock
from tests.factories import DomainFactory


class DepositFactory(DjangoModelFactory):
    """A deposit out of the urn; `code` is its receipt."""

    class Meta:
        model = Deposit

    class Params:
        code = None

    digest = factory.LazyAttribute(lambda one: receipts.digest(one.code or receipts.new()))
    title = "Signaler les courriers ambigus"
    problem = "Des courriers partent sans que personne n’ose dire qu’ils sont ambigus."
    proposal = "Ouvrir un canal où chacun signale un courrier ambigu, relu chaque semaine."
    domain = factory.SubFactory(DomainFactory)
    released_on = factory.LazyFunction(lambda: clock.today().replace(day=1))
