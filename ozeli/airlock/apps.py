from django.apps import AppConfig

from ozeli.core.registry import journal_verbs


class AirlockConfig(AppConfig):
    name = "ozeli.airlock"

    def ready(self) -> None:
        from . import registered

        registered.register()
        journal_verbs.name_family("Dépôts anonymes", "airlock")
        journal_verbs.register(
            **{
                "airlock.accept": "a publié un dépôt anonyme",
                "airlock.refuse": "n’a pas publié un dépôt anonyme",
                "airlock.mask": "a masqué des passages d’un dépôt anonyme",
                "airlock.sign": "a signé une idée déposée anonymement",
            }
        )
        journal_verbs.name_kind("airlock_deposit", "Dépôt anonyme")
