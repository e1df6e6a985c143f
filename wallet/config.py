"""What the settings say about both wallets, read once per process, and again where a file has been replaced.

A wallet without settings is off; one whose settings cannot work is off as well, and `health` says why.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wallet import credentials
from wallet.apple import certificate
from wallet.apple.signing import Signer, SigningKey
from wallet.credentials import Secret
from wallet.errors import CredentialError
from wallet.problems import Problem, error

APPLE_NEEDED = (
    "WALLET_APPLE_PASS_TYPE_ID",
    "WALLET_APPLE_TEAM_ID",
    "WALLET_APPLE_CERTIFICATE",
    "WALLET_APPLE_WWDR",
)
APPLE_KEY = ("WALLET_APPLE_KEY", "WALLET_APPLE_KEY_PASSWORD")
APPLE_SETTINGS = (
    *APPLE_NEEDED,
    *APPLE_KEY,
    "WALLET_APPLE_PUSH_URL",
    "WALLET_APPLE_PUSH_CA",
)
GOOGLE_NEEDED = ("WALLET_GOOGLE_ISSUER_ID", "WALLET_GOOGLE_SERVICE_ACCOUNT")
GOOGLE_SETTINGS = (
    *GOOGLE_NEEDED,
    "WALLET_GOOGLE_API_URL",
    "WALLET_GOOGLE_TOKEN_URL",
    "WALLET_GOOGLE_KEYS_URL",
)


ISSUER_ID = re.compile(r"[0-9]{1,32}")


@dataclass(frozen=True)
class AppleConfig:
    """Who signs passes, and where pushes go. `push_ca` is a file of root certificates, or empty."""

    pass_type_id: str
    team_id: str
    signer: Signer
    push_url: str
    push_ca: str


@dataclass(frozen=True)
class GoogleConfig:
    """Which issuer, as which service account, at which addresses (without a slash at the end)."""

    issuer_id: str
    email: str
    private_key: str
    private_key_id: str
    api_url: str
    token_url: str
    keys_url: str


@dataclass(frozen=True)
class Reading:
    """What came of reading one wallet's settings: all empty where nobody has begun to set it up."""

    config: AppleConfig | GoogleConfig | None = None
    problems: tuple[Problem, ...] = ()


def apple() -> AppleConfig | None:
    """Apple's part of the settings; None while it is off."""
    reading = apple_reading()
    if not isinstance(reading.config, AppleConfig) or any(each.is_error for each in reading.problems):
        return None
    dates = certificate.date_problems(reading.config.signer, timezone.now())
    return None if any(each.is_error for each in dates) else reading.config


def google() -> GoogleConfig | None:
    """Google's part of the settings; None while it is off."""
    reading = google_reading()
    return reading.config if isinstance(reading.config, GoogleConfig) else None


def apple_reading() -> Reading:
    """Apple's settings with what is wrong about them, dates left aside."""
    values = _values(APPLE_SETTINGS)
    return _read_apple(values, get_language(), _files(values))


def google_reading() -> Reading:
    """Google's settings with what is wrong about them."""
    values = _values(GOOGLE_SETTINGS)
    return _read_google(values, get_language(), _files(values))


def _values(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(getattr(settings, name, "") or "")) for name in names)


def _files(values: tuple[tuple[str, str], ...]) -> tuple[object, ...]:
    """What tells that a file was replaced: a certificate is renewed at the same path."""
    return tuple(credentials.file_state(value) for _name, value in values)


def _missing(
    values: Mapping[str, str], needed: tuple[str, ...], more: tuple[str, ...] = ()
) -> Reading | None:
    """A reading without a config, where a needed setting is missing; silent where all are, and `more` too."""
    missing = [name for name in needed if not values[name]]
    if not missing:
        return None
    if not any(values[name] for name in (*needed, *more)):
        return Reading()
    return Reading(problems=(error(_("Not set: %(settings)s.") % {"settings": ", ".join(missing)}),))


@lru_cache(maxsize=8)
def _read_apple(
    pairs: tuple[tuple[str, str], ...], language: str | None, files: tuple[object, ...]
) -> Reading:
    """Language and files are part of the key: problems are told in the one, credentials stand in the others."""
    values = dict(pairs)
    if reading := _missing(values, APPLE_NEEDED, APPLE_KEY):
        return reading
    try:
        signer = _signer(values)
    except CredentialError as fault:
        return Reading(problems=(error(f"{fault}."),))
    config = AppleConfig(
        pass_type_id=values["WALLET_APPLE_PASS_TYPE_ID"],
        team_id=values["WALLET_APPLE_TEAM_ID"],
        signer=signer,
        push_url=values["WALLET_APPLE_PUSH_URL"].rstrip("/"),
        push_ca=values["WALLET_APPLE_PUSH_CA"],
    )
    problems = certificate.mismatches(signer, pass_type_id=config.pass_type_id, team_id=config.team_id)
    return Reading(config, tuple(problems))


def _signer(values: Mapping[str, str]) -> Signer:
    """Read certificate, key and intermediate. Raises CredentialError."""
    password = values["WALLET_APPLE_KEY_PASSWORD"]
    issued = Secret("WALLET_APPLE_CERTIFICATE", values["WALLET_APPLE_CERTIFICATE"])
    key = Secret("WALLET_APPLE_KEY", values["WALLET_APPLE_KEY"])
    signer = Signer(
        certificate=credentials.certificate(issued, password),
        key=credentials.private_key(key, password) if key.value else _key_beside(issued, key, password),
        intermediate=credentials.certificate(Secret("WALLET_APPLE_WWDR", values["WALLET_APPLE_WWDR"])),
    )
    if signer.key.public_key() != signer.certificate.public_key():
        raise CredentialError(key.setting, _("does not belong to the certificate"))
    return signer


def _key_beside(issued: Secret, key: Secret, password: str) -> SigningKey:
    """The key in the certificate's own file: a .p12 holds both. Raises CredentialError."""
    try:
        return credentials.private_key(Secret(key.setting, issued.value), password)
    except CredentialError as error:
        reason = _("is not set, and no key stands beside the certificate")
        raise CredentialError(key.setting, reason) from error


@lru_cache(maxsize=8)
def _read_google(
    pairs: tuple[tuple[str, str], ...], language: str | None, files: tuple[object, ...]
) -> Reading:
    values = dict(pairs)
    if reading := _missing(values, GOOGLE_NEEDED):
        return reading
    if not ISSUER_ID.fullmatch(values["WALLET_GOOGLE_ISSUER_ID"]):
        text = _("WALLET_GOOGLE_ISSUER_ID is the long number of the issuer account, digits only.")
        return Reading(problems=(error(text),))
    secret = Secret("WALLET_GOOGLE_SERVICE_ACCOUNT", values["WALLET_GOOGLE_SERVICE_ACCOUNT"])
    try:
        account = credentials.service_account(secret)
        if not isinstance(
            credentials.private_key(Secret(secret.setting, account["private_key"])), RSAPrivateKey
        ):
            raise CredentialError(secret.setting, _("holds no RSA key"))
    except CredentialError as fault:
        return Reading(problems=(error(f"{fault}."),))
    config = GoogleConfig(
        issuer_id=values["WALLET_GOOGLE_ISSUER_ID"],
        email=account["client_email"],
        private_key=account["private_key"],
        private_key_id=account.get("private_key_id", ""),
        api_url=values["WALLET_GOOGLE_API_URL"].rstrip("/"),
        token_url=values["WALLET_GOOGLE_TOKEN_URL"],
        keys_url=values["WALLET_GOOGLE_KEYS_URL"],
    )
    return Reading(config)


def is_public() -> bool:
    """Whether phones can reach this site over https: only then do passes update themselves."""
    return settings.PUBLIC_BASE_URL.startswith("https://")


def origin() -> str:
    """scheme://host of this site."""
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    return f"{parts.scheme}://{parts.netloc}"


def public_url(path: str) -> str:
    """An address of this site as the world sees it."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{path}"


def web_service_url() -> str:
    """Where phones ask for new passes (Apple appends /v1/...); empty where they could not reach it."""
    return public_url("/api/v1/wallet/apple") if is_public() else ""
