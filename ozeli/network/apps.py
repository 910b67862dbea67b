from django.apps import AppConfig

from ozeli.core.access import Brick, bricks


class NetworkConfig(AppConfig):
    name = "ozeli.network"

    def ready(self) -> None:
        from . import exports, imports, searchable

        searchable.register()
        imports.register()
        exports.register()
        bricks.register(
            Brick(
                code="directory",
                title="Réseau",
                description="Les organismes, leurs référents et leurs idées",
                path="/organismes/",
                position=60,
                in_menu=True,
            )
        )
