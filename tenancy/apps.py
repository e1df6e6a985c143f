from importlib import import_module

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Merchants and people")

    def ready(self) -> None:
        user_logged_in.connect(import_module("tenancy.step_up").note_sign_in)
