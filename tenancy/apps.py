from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from groundwork.database import triggers


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Merchants and people")

    def ready(self) -> None:
        # Without a sender: one receiver looks after the rules of every app.
        post_migrate.connect(triggers.install, dispatch_uid="groundwork.database.triggers")
