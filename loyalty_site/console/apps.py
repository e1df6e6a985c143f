from importlib import import_module

from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class ConsoleConfig(AdminConfig):
    """Django's admin with our own site. Each app says in its `console` module what it shows.

    The apps are joined here, once all of them are loaded: some pages are part of the wiring, and none of them can be
    imported before Django's admin is ready.
    """

    default_site = "loyalty_site.console.site.ConsoleSite"

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("console")
        import_module("loyalty_site.console.schedule")
        import_module("loyalty_site.wiring").connect()
