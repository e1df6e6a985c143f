from importlib import import_module

from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class ConsoleConfig(AdminConfig):
    """Django's admin with our own site. Each app says in its `console` module what it shows."""

    default_site = "loyalty_site.console.site.ConsoleSite"

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("console")
        import_module("loyalty_site.console.packages")
