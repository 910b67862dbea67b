from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "ozeli.transfers"

    def ready(self) -> None:
        from . import registered

        registered.register()
