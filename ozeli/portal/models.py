"""The home page, as rows."""

from django.db import models
from django.db.models import JSONField, Q, Value

from ozeli.core.models import Kept
from ozeli.core.registry import home_bricks


class HomeBrick(Kept):
    """A brick of the home: what it shows comes from the kind registered in `core.registry.home_bricks`."""

    kind = models.SlugField("contenu", max_length=30)
    title = models.CharField("titre", max_length=80, blank=True)
    position = models.PositiveSmallIntegerField("ordre", default=100)
    is_shown = models.BooleanField("affichée", default=True)
    options = models.JSONField("réglages", default=dict, db_default=Value({}, JSONField()))

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "brique de l’accueil"

    def __str__(self) -> str:
        kind = home_bricks.get(self.kind)
        return self.title or (kind.title if kind else "") or self.kind


class ToolLink(Kept):
    """A tool that exists beside Ozéli. `{q}` in its address receives the words searched."""

    name = models.CharField("nom", max_length=80)
    url = models.CharField("adresse", max_length=300, help_text="`{q}` y reçoit les mots cherchés")
    description = models.CharField("en une ligne", max_length=160, blank=True)
    position = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "lien vers un outil"

    def __str__(self) -> str:
        return self.name


class Theme(Kept):
    """The name, the logo and the colours of a network of bodies; one row, absent as long as Ozéli looks like itself.

    Empty texts keep what Ozéli brings.
    """

    name = models.CharField("nom du portail", max_length=24, blank=True)
    initials = models.CharField("initiales", max_length=3, blank=True)
    action = models.CharField("couleur des actions", max_length=7, blank=True)
    accent = models.CharField("couleur d’accent", max_length=7, blank=True)
    # The key of its file (`files.StoredFile`), as the journal keeps it.
    logo = models.CharField("logo", max_length=36, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="portal_one_theme")]
        verbose_name = "thème"

    def __str__(self) -> str:
        return "Thème du portail"
