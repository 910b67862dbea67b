from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "ozeli.portal"

    def ready(self) -> None:
        from . import registered

        registered.register()
