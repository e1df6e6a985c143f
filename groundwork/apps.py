from django.apps import AppConfig
from django.db.models.signals import post_migrate

from groundwork.database import triggers


class GroundworkConfig(AppConfig):
    name = "groundwork"

    def ready(self) -> None:
        # Without a sender: one receiver looks after the rules of every app.
        post_migrate.connect(triggers.install, dispatch_uid="groundwork.database.triggers")
