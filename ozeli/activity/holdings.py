"""What activity keeps of a person: follows, notifications, mails, and the events they caused."""

from datetime import timedelta

from django.apps import apps
from django.db.models import F, Value
from django.db.models.functions import Replace

from ozeli.core.personal_data import Holding, Person, Retention, deleted, own_rows, register

from .models import Event, Follow, MailDay, Notification, OutgoingMail

SOMEBODY = "Une personne"
NOTIFICATION_DAYS = 396
MAIL_DAYS = 183
COUNT_DAYS = 7
EVENT_DAYS = 396


def _leave_events(person: Person) -> int:
    """Events lose their actor; what others were told of them loses the name."""
    events = Event.objects.filter(actor=person.id)
    name = person.user.display_name
    for model, columns in ((Notification, ("text",)), (OutgoingMail, ("subject", "text"))):
        told = apps.get_model(model._meta.label)._base_manager.filter(event__in=events.values("pk"))
        for column in columns:
            told.filter(**{f"{column}__contains": name}).update(
                **{column: Replace(F(column), Value(name), Value(SOMEBODY))}
            )
    return events.update(actor=None)


register(
    Holding(
        "activity.Follow",
        ("user",),
        "Ce que vous suivez",
        "Effacé.",
        own_rows("activity.Follow", "user", kind="sorte", object_id="identifiant"),
        deleted("activity.Follow", "user"),
    ),
    Holding(
        "activity.Event",
        ("actor",),
        "Les événements dont vous êtes à l’origine",
        "Ils restent, sans personne ; votre nom est ôté de ce que d’autres en ont lu.",
        own_rows("activity.Event", "actor", type="événement", kind="sorte", object_id="identifiant", at="le"),
        _leave_events,
        position=50,
    ),
    Holding(
        "activity.Notification",
        ("user",),
        "Vos notifications",
        "Effacées.",
        own_rows("activity.Notification", "user", at="le", text="texte", read_at="lue le"),
        deleted("activity.Notification", "user"),
    ),
    Holding(
        "activity.OutgoingMail",
        ("user",),
        "Les courriels que le portail vous a envoyés",
        "Effacés.",
        own_rows(
            "activity.OutgoingMail",
            "user",
            created_at="le",
            subject="objet",
            text="texte",
            sent_at="parti le",
        ),
        deleted("activity.OutgoingMail", "user"),
    ),
    Holding(
        "activity.DigestItem",
        ("user",),
        "Ce qui attend votre prochain résumé",
        "Effacé.",
        own_rows("activity.DigestItem", "user", notification__text="texte", pace="rythme"),
        deleted("activity.DigestItem", "user"),
        position=40,
    ),
    Holding(
        "activity.Preference",
        ("user",),
        "Vos réglages de courriels",
        "Effacés.",
        own_rows("activity.Preference", "user", topic="sujet", pace="rythme"),
        deleted("activity.Preference", "user"),
    ),
    Holding(
        "activity.MailKey",
        ("user",),
        "La clé de vos liens de désabonnement",
        "Effacée. Elle n’est pas dans la copie : qui l’a peut vous désabonner.",
        erase=deleted("activity.MailKey", "user"),
    ),
    Holding(
        "activity.MailDay",
        ("user",),
        "Combien de courriels vous recevez par jour",
        "Effacé.",
        own_rows("activity.MailDay", "user", day="jour", sent="envoyés"),
        deleted("activity.MailDay", "user"),
    ),
    Retention(
        "notifications",
        "Notifications",
        "13 mois",
        "Ce que le portail vous a signalé, lu ou non.",
        lambda now: Notification.objects.filter(at__lt=now - timedelta(days=NOTIFICATION_DAYS)).order_by(
            "pk"
        ),
        position=30,
    ),
    Retention(
        "mails",
        "Courriels partis",
        "6 mois",
        "Le texte des courriels que le portail a envoyés ou n’a pas pu envoyer.",
        lambda now: (
            OutgoingMail.objects.filter(created_at__lt=now - timedelta(days=MAIL_DAYS))
            .exclude(status=OutgoingMail.Status.WAITING)
            .order_by("pk")
        ),
        position=40,
    ),
    Retention(
        "mail_counts",
        "Nombre de courriels par jour",
        "7 jours",
        "Combien de courriels chacun a reçus un jour donné, pour ne pas en envoyer trop.",
        lambda now: MailDay.objects.filter(day__lt=(now - timedelta(days=COUNT_DAYS)).date()).order_by("pk"),
        position=41,
    ),
)
assert Follow._meta.label == "activity.Follow"
