from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "ozeli.journal"
