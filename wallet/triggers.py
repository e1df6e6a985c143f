"""What the database holds about passes."""

from tenancy.former import is_kept
from tenancy.triggers import merchant_is_for_ever, same_merchant

RULES = [
    merchant_is_for_ever("wallet_walletpass"),
    *same_merchant("wallet_walletpass", {"card_id": "loyalty_loyaltycard"}),
    *is_kept("wallet_walletpass", "state", "retired_at"),
    merchant_is_for_ever("wallet_walletoffer"),
    *same_merchant("wallet_walletoffer", {"card_id": "loyalty_loyaltycard"}),
    *same_merchant("wallet_appledeviceregistration", {"wallet_pass_id": "wallet_walletpass"}),
    *same_merchant("wallet_passdesign", {"program_id": "loyalty_loyaltyprogram"}),
]
