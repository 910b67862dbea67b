from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "ozeli.ideas"

    def ready(self) -> None:
        from . import searchable

        searchable.register()
