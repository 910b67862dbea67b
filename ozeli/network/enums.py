"""Closed lists of the network."""

from django.db import models


class Region(models.TextChoices):
    """The 18 regions, by INSEE code (code officiel géographique)."""

    GUADELOUPE = "01", "Guadeloupe"
    MARTINIQUE = "02", "Martinique"
    GUYANE = "03", "Guyane"
    LA_REUNION = "04", "La Réunion"
    MAYOTTE = "06", "Mayotte"
    ILE_DE_FRANCE = "11", "Île-de-France"
    CENTRE_VAL_DE_LOIRE = "24", "Centre-Val de Loire"
    BOURGOGNE_FRANCHE_COMTE = "27", "Bourgogne-Franche-Comté"
    NORMANDIE = "28", "Normandie"
    HAUTS_DE_FRANCE = "32", "Hauts-de-France"
    GRAND_EST = "44", "Grand Est"
    PAYS_DE_LA_LOIRE = "52", "Pays de la Loire"
    BRETAGNE = "53", "Bretagne"
    NOUVELLE_AQUITAINE = "75", "Nouvelle-Aquitaine"
    OCCITANIE = "76", "Occitanie"
    AUVERGNE_RHONE_ALPES = "84", "Auvergne-Rhône-Alpes"
    PROVENCE_ALPES_COTE_D_AZUR = "93", "Provence-Alpes-Côte d’Azur"
    CORSE = "94", "Corse"


class SizeBand(models.TextChoices):
    """Staff of a body."""

    SMALL = "s", "moins de 200 agents"
    MEDIUM = "m", "de 200 à 500 agents"
    LARGE = "l", "de 500 à 1 000 agents"
    HUGE = "xl", "plus de 1 000 agents"


class Audience(models.TextChoices):
    """Who may see a content: its body, its branch, or the whole network."""

    ORGANISATION = "organisation", "Mon organisme"
    BRANCH = "branch", "Ma branche"
    NETWORK = "network", "Tout le réseau"
