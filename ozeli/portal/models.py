"""The home page, as rows."""

from django.db import models


class HomeBrick(models.Model):
    """A brick of the home: what it shows comes from the kind registered in `core.registry.home_bricks`."""

    kind = models.SlugField("contenu", max_length=30)
    title = models.CharField("titre", max_length=80, blank=True)
    position = models.PositiveSmallIntegerField("ordre", default=100)
    is_shown = models.BooleanField("affichée", default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "brique de l’accueil"

    def __str__(self) -> str:
        return self.title or self.kind


class ToolLink(models.Model):
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
