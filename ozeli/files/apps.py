from django.apps import AppConfig

from ozeli.core.registry import journal_verbs


class FilesConfig(AppConfig):
    name = "ozeli.files"

    def ready(self) -> None:
        from .wording import VERBS, details

        journal_verbs.register(**VERBS)
        journal_verbs.name_family("Fichiers et imports", "file")
        journal_verbs.explain("file", details)
