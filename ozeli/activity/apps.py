from django.apps import AppConfig

from ozeli.core.access import Level
from ozeli.core.registry import AdminPage, admin_pages, journal_verbs


class ActivityConfig(AppConfig):
    name = "ozeli.activity"

    def ready(self) -> None:
        journal_verbs.register(
            **{
                "mail.retry": "a relancé des courriels",
                "mail.cancel": "a annulé des courriels",
                "event.retry": "a relancé une nouvelle à transmettre",
            }
        )
        journal_verbs.name_family("Exploitation", "mail", "event")
        admin_pages.register(
            AdminPage(
                code="outbox",
                title="Courriels",
                description="Ce qui part, ce qui attend, ce qui est refusé et pourquoi.",
                url_name="activity:outbox",
                brick="rights",
                level=Level.ADMIN,
                position=60,
                network=True,
                keywords="messages envois boîte d’envoi résumé relancer smtp",
            )
        )
