"""How often one client may do what: parsed at start, counted in the cache (`groundwork.web.rate_limits`)."""

from loyalty_site.settings.variables import Environment

__all__ = ["RATE_LIMITS"]
_env = Environment()

RATE_LIMITS = {
    "account_link": _env.str("RATE_LIMIT_ACCOUNT_LINK", default="10/m"),
    "identity_provider": _env.str("RATE_LIMIT_IDENTITY_PROVIDER", default="30/m"),
    "passkey": _env.str("RATE_LIMIT_PASSKEY", default="60/m"),
    "email_change": _env.str("RATE_LIMIT_EMAIL_CHANGE", default="5/h"),
    "phone_code": _env.str("RATE_LIMIT_PHONE_CODE", default="5/h"),
    "invitation": _env.str("RATE_LIMIT_INVITATION", default="60/h"),
    "invited_address": _env.str("RATE_LIMIT_INVITED_ADDRESS", default="5/h"),
    "preview": _env.str("RATE_LIMIT_PREVIEW", default="240/m"),
    "public_enroll": _env.str("RATE_LIMIT_PUBLIC_ENROLL", default="120/10m"),
    "till_pair": _env.str("RATE_LIMIT_TILL_PAIR", default="10/m"),
    "pin_unlock": _env.str("RATE_LIMIT_PIN_UNLOCK", default="20/m"),
    "lookup": _env.str("RATE_LIMIT_LOOKUP", default="120/m"),
    "card_page": _env.str("RATE_LIMIT_CARD_PAGE", default="60/m"),
    "brand_picture": _env.str("RATE_LIMIT_BRAND_PICTURE", default="300/m"),
    "wallet_log": _env.str("RATE_LIMIT_WALLET_LOG", default="30/m"),
    "wallet_picture": _env.str("RATE_LIMIT_WALLET_PICTURE", default="300/m"),
}
