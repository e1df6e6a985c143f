"""Passwords, sign-in and accounts, apart from what the environment decides."""

PASSWORD_HASHERS = [
    "groundwork.web.hashing.BCryptInTurn",
    "groundwork.web.hashing.PBKDF2InTurn",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# django-allauth carries what comes after the password; the limits of sign-in are our own.
ACCOUNT_ADAPTER = "tenancy.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds that a sign-in opens what hurts in the wrong hands
# Limited before allauth is asked, with pauses that grow and are told (tenancy.sign_in).
ACCOUNT_RATE_LIMITS = {"login_failed": None, "reauthenticate": None, "login": None}

# The second factor: an app's codes or a passkey, which may also stand for the password; codes for when it is lost.
MFA_ADAPTER = "tenancy.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "tenancy.second_factor_forms.CodeForm",
    "activate_totp": "tenancy.second_factor_forms.AppForm",
    "add_webauthn": "tenancy.passkeys.PasskeyForm",
    "authenticate_webauthn": "tenancy.passkeys.PasskeyCodeForm",
    "edit_webauthn": "tenancy.passkeys.PasskeyNameForm",
    "login_webauthn": "tenancy.passkeys.PasskeySignInForm",
}
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a clock may be wrong
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": None}

# A platform's own identity provider.
SOCIALACCOUNT_ADAPTER = "tenancy.identity.IdentityAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: the content policy lets no form lead to another site
