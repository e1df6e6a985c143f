from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    default_site = "loyalty_site.console.site.ConsoleSite"
