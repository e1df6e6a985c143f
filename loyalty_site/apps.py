from django.apps import AppConfig
from django.core.checks import Tags, register

from loyalty_site import checks, fault_reports, tracing


class LoyaltySiteConfig(AppConfig):
    name = "loyalty_site"

    def ready(self) -> None:
        register(checks.public_address, Tags.security, deploy=True)
        fault_reports.set_up()
        tracing.set_up()
