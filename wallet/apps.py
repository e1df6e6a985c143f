from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from wallet import checks


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = _("Wallets")

    def ready(self) -> None:
        register(checks.wallet_set_up, Tags.security)
