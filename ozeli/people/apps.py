from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "ozeli.people"

    def ready(self) -> None:
        from . import registered

        registered.register()
