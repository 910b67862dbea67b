"""Lifecycles, as screens and services ask for them."""

from django.db.models import QuerySet

from ..models import LifecycleVersion

DEFAULT = "poc-7"


def offered() -> QuerySet[LifecycleVersion]:
    """The version of each lifecycle in service that a new project starts with, in their order."""
    latest = LifecycleVersion.objects.filter(published_on__isnull=False, lifecycle__is_active=True)
    return (
        LifecycleVersion.objects.filter(
            pk__in=latest.order_by("lifecycle_id", "-number").distinct("lifecycle_id").values("pk")
        )
        .select_related("lifecycle")
        .order_by("lifecycle__position", "lifecycle__code")
    )


def current_version(code: str = DEFAULT) -> LifecycleVersion:
    """The published version of a lifecycle, the last one. Raises DoesNotExist."""
    return (
        LifecycleVersion.objects.filter(lifecycle__code=code, published_on__isnull=False)
        .select_related("lifecycle")
        .order_by("-number")
        .first()
        or offered()[0]
    )
