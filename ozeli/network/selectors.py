"""Reads on the bodies of the network."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from ozeli.core.french import sort_key
from ozeli.core.memo import kept_for

from .models import Branch, NetworkSettings, Organisation

SUGGESTIONS = 10


@dataclass(frozen=True, slots=True)
class DirectoryFilter:
    """What the directory is narrowed to."""

    words: str = ""
    branch: Branch | None = None
    region: str = ""


def active_organisations() -> QuerySet[Organisation]:
    return Organisation.objects.filter(is_active=True).select_related("branch")


def starting_with(organisations: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """The bodies whose name has a word beginning with each of `words` (accents do not count), or whose code does."""
    by_name = Q()
    for word in sort_key(words).split():
        by_name &= Q(sort_name__startswith=word) | Q(sort_name__contains=f" {word}")
    code = slugify(words)
    return organisations.filter(by_name | Q(code__startswith=code)) if code else organisations


def directory(wanted: DirectoryFilter) -> QuerySet[Organisation]:
    """The open bodies that answer to a filter."""
    organisations = starting_with(active_organisations(), wanted.words)
    if wanted.branch:
        organisations = organisations.filter(branch=wanted.branch)
    if wanted.region:
        organisations = organisations.filter(region=wanted.region)
    return organisations


def suggestions(words: str) -> list[Organisation]:
    """The first ten bodies for what is being typed; none for nothing."""
    if not sort_key(words):
        return []
    return list(starting_with(active_organisations(), words).order_by("sort_name", "pk")[:SUGGESTIONS])


def organisation_named(text: str) -> Organisation | None:
    """The one open body that a person means: its code, its whole name, else the only one that begins so."""
    key = sort_key(text)
    if not key:
        return None
    exact = active_organisations().filter(
        Q(sort_name=key) | Q(code=re.sub(r"\s+", "-", text.strip().lower()))
    )
    if (found := exact.order_by("pk").first()) is not None:
        return found
    begun = suggestions(text)
    return begun[0] if len(begun) == 1 else None


@kept_for(30)
def default_answer_delay() -> int:
    """The days in which the network promises an answer where a body promises nothing else; half a minute old."""
    found = NetworkSettings.objects.values_list("answer_delay_days", flat=True).first()
    return found or settings.ANSWER_DELAY_DAYS


def answer_delay(organisation: Organisation) -> int:
    """The days in which this body promises an answer."""
    return organisation.answer_delay_days or default_answer_delay()


class AnswerSteps(NamedTuple):
    """Days before the promised one when the desk is reminded; days after it when a late idea goes up."""

    remind_first: int = 7
    remind_last: int = 2
    lead_after: int = 3
    network_after: int = 10


@kept_for(30)
def answer_steps() -> AnswerSteps:
    """When the desk is reminded and a late idea goes up; half a minute old at most."""
    columns = ("remind_first_days", "remind_last_days", "lead_after_days", "network_after_days")
    found = NetworkSettings.objects.values_list(*columns).first()
    return AnswerSteps(*found) if found else AnswerSteps()


def where_used(row: models.Model) -> list[tuple[str, int]]:
    """(what, how many) of the rows of every app that refer to this one; only what there is."""
    counted = []
    for relation in row._meta.related_objects:
        number = relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).count()
        if number:
            counted.append((str(relation.related_model._meta.verbose_name), number))
    return counted
