from django.apps import AppConfig


class AirlockConfig(AppConfig):
    name = "ozeli.airlock"
