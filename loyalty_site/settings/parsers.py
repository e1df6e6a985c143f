"""What may stand in a variable of the environment: each takes a text, and raises ValueError with what it must be."""

import math
import re
from collections.abc import Callable
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

import environ
from django.core.validators import validate_email

from groundwork.web import rate_limits

Parser = Callable[[str], object]

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", re.IGNORECASE)
# Names under which others register theirs, as in co.uk: whoever is below them is anybody.
_PUBLIC = frozenset("ac co com edu go gov gouv ltd me mil ne net nom or org plc sch".split())
_MAIL_SERVERS = ("smtp", "smtps", "smtp+tls", "smtp+ssl")
_TEXT_SENDER = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?")
_BUCKET_OPTIONS = frozenset({"endpoint", "region", "profile"})
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SECRET = "be at least 50 random characters."


def _must(holds: object, what: str) -> None:
    if not holds:
        raise ValueError(what)


# --- Texts and numbers ------------------------------------------------------------------------------------


def line(text: str) -> None:
    _must(text.isprintable(), "be one line of text.")


def whole(least: int, most: int) -> Parser:
    def parse(text: str) -> None:
        is_number = text.isascii() and text.isdecimal() and len(text) < 12
        _must(is_number and least <= int(text) <= most, f"be a whole number from {least} to {most}.")

    return parse


def hours(text: str) -> None:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    _must(0 < number <= 8_760, "be a number of hours above 0.")


def one_of(*words: str) -> Parser:
    return lambda text: _must(text in words, f"be one of {', '.join(words)}.")


boolean = one_of("true", "false", "True", "False", "1", "0", "yes", "no", "on", "off")


def rate(text: str) -> None:
    try:
        rate_limits.parse(text)
    except ValueError:
        raise ValueError("be calls per second, minute or hour, as in 10/m.") from None


def sender(text: str) -> None:
    try:
        validate_email(parseaddr(text)[1])
    except Exception:
        raise ValueError("be an e-mail address, as in Cards <cards@example.com>.") from None


def each(parser: Parser) -> Parser:
    def parse(text: str) -> None:
        for one in text.split(","):
            parser(one.strip())

    return parse


# --- Hosts and addresses ----------------------------------------------------------------------------------


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)


def _is_name(host: str) -> bool:
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.split("."))


def _is_ours_alone(domain: str) -> bool:
    """Whether everything below a domain is one owner's: not so of `com`, nor of `co.uk`."""
    labels = domain.lower().split(".")
    return len(labels) > 2 or (len(labels) == 2 and not (labels[0] in _PUBLIC and len(labels[1]) == 2))


def host(text: str) -> None:
    is_host = text == "*" or _is_ip(text) or _is_name(text.removeprefix("."))
    _must(is_host, f"name hosts without scheme, port or path, and {text!r} is none.")


def own_host(text: str) -> None:
    is_own = text not in ("", "*", ".") and (not text.startswith(".") or _is_ours_alone(text[1:]))
    _must(is_own, f"name the hosts of this site, without a bare '*'; below {text!r} is anybody.")


def _split(text: str) -> SplitResult:
    try:
        found = urlsplit(text)
        _must(found.port is None or found.port > 0, "")
    except ValueError:
        raise ValueError("be an address that can be read.") from None
    _must(text.isprintable() and " " not in text, "be an address without spaces.")
    return found


def _has_host(found: SplitResult) -> bool:
    return bool(found.hostname) and (_is_ip(found.hostname or "") or _is_name(found.hostname or ""))


def http(text: str) -> None:
    found = _split(text)
    is_address = found.scheme in ("http", "https") and _has_host(found) and not found.username
    _must(is_address, "be an address, as in https://example.com.")


def sentry(text: str) -> None:
    found = _split(text)
    is_dsn = found.scheme in ("http", "https") and _has_host(found) and found.username and len(found.path) > 1
    _must(is_dsn, "be a DSN, as in https://KEY@sentry.example.com/1.")


def site(text: str) -> None:
    http(text)
    found = _split(text)
    _must(found.path in ("", "/") and not found.query + found.fragment, "be an address without a path.")


def private(text: str) -> None:
    found = _split(text)
    _must(found.scheme == "https" or is_loopback(found.hostname or ""), "begin with https://.")


def origin(text: str) -> None:
    found = _split(text)
    plain = found._replace(netloc=found.netloc.replace("*.", "", 1))
    is_origin = found.scheme in ("http", "https") and _has_host(plain) and not found.path + found.query
    _must(is_origin, f"be origins, as in https://cards.example.com, and {text!r} is none.")


def own_origin(text: str) -> None:
    host = _split(text).hostname or ""
    _must(text.startswith("https://"), f"be https:// origins, and {text!r} is none.")
    is_own = not host.startswith("*.") or _is_ours_alone(host[2:])
    _must(is_own, f"be origins of this site; below {text!r} is anybody.")


# --- Buckets ----------------------------------------------------------------------------------------------


def bucket(text: str) -> None:
    found = _split(text)
    is_bucket = found.scheme == "s3" and _BUCKET.fullmatch(found.netloc) and _PREFIX.fullmatch(found.path)
    _must(is_bucket and not found.fragment, "be a bucket, as in s3://cards/files?region=eu-central-1.")
    options = parse_qsl(found.query, keep_blank_values=True)
    names = [name for name, _value in options]
    is_known = len(set(names)) == len(names) and _BUCKET_OPTIONS.issuperset(names)
    _must(
        is_known and all(value for _name, value in options), "have of endpoint, region and profile one each."
    )
    if endpoint := dict(options).get("endpoint"):
        site(endpoint)


def private_bucket(text: str) -> None:
    bucket(text)
    private(dict(parse_qsl(_split(text).query)).get("endpoint", "https://"))


# --- Servers ----------------------------------------------------------------------------------------------


def database(text: str) -> None:
    found = _split(text)
    is_ours = found.scheme in ("postgres", "postgresql", "psql", "pgsql") and len(found.path) > 1
    _must(is_ours, "be a PostgreSQL address, as in postgresql://USER:PASSWORD@HOST:PORT/NAME.")


def redis(text: str) -> None:
    found = _split(text)
    is_ours = (found.scheme == "unix" and found.path) or (
        found.scheme in ("redis", "rediss") and _has_host(found)
    )
    number = found.path.lstrip("/") if found.scheme != "unix" else ""
    _must(
        is_ours and (not number or number.isdecimal()),
        "be a Redis address, as in redis://:PASSWORD@HOST:PORT/0.",
    )


def guarded_redis(text: str) -> None:
    """A host of one label is a neighbour in a network of containers; any other can be reached from elsewhere."""
    redis(text)  # CELERY_BROKER_URL may be none elsewhere
    found = _split(text)
    host = found.hostname or ""
    is_near = found.scheme == "unix" or is_loopback(host) or ("." not in host and not _is_ip(host))
    _must(is_near or found.password, "have a password: others can reach that Redis.")


def broker(text: str) -> None:
    if text != "memory://":
        redis(text)


def mail(text: str) -> None:
    found = _split(text)
    is_known = found.scheme in environ.Env.EMAIL_SCHEMES
    _must(
        is_known and (_has_host(found) or found.scheme not in _MAIL_SERVERS),
        "be a mail server, as in smtp+tls://USER:PASSWORD@HOST:587.",
    )


def real_mail(text: str) -> None:
    is_real = _split(text).scheme in _MAIL_SERVERS
    _must(is_real, "be a mail server; without one customers' mail would end in files.")


def text_sender(text: str) -> None:
    is_sender = _TEXT_SENDER.fullmatch(text)
    _must(is_sender, "be a number, as in +352621123456, or a name of at most 11 letters and digits.")


def token(text: str) -> None:
    _must(len(text) >= 20 and len(set(text)) >= 5, "be at least 20 random characters.")


def random(text: str) -> None:
    is_random = len(text) >= 50 and len(set(text)) >= 5 and not text.startswith("django-insecure")
    _must(is_random, _SECRET)
