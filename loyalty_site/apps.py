from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register

from loyalty_site import checks


class LoyaltySiteConfig(AppConfig):
    name = "loyalty_site"

    def ready(self) -> None:
        import_module("loyalty_site.wiring").connect()  # once every app is loaded, and not before
        register(checks.public_address, Tags.security, deploy=True)
