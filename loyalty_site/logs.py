"""Logging: JSON lines for machines or plain lines for people, and in both nothing personal or secret."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
EMAIL = re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
SEARCHED = re.compile(r"([?&](?:q|search)=)[^\s&\"']+")
CARD_ADDRESS = re.compile(r"(/card/)[^/\s\"']+")
CREDENTIALS = re.compile(r"(?i)\b(bearer|applepass)\s+[\w.~+/=-]+")
ASSIGNMENT = re.compile(
    r"(?i)\b([\w-]*(?:pin|password|token|secret|authorization|cookie|api[_-]?key))"
    r"([\"']?\s*[=:]\s*[\"']?)[^\s,;&\"'}]+"
)
SECRET_KEY = re.compile(r"(?i)password|(^|[_-])(pin|token|secret|authorization|cookies?|api_key|email)$")


def mask(text: str) -> str:
    """Return `text` with e-mail addresses, what was searched for, secrets and card addresses made unreadable."""
    text = SEARCHED.sub(rf"\g<1>{MASK}", text)
    text = EMAIL.sub(MASK, text)
    text = CARD_ADDRESS.sub(rf"\g<1>{MASK}", text)
    text = CREDENTIALS.sub(rf"\g<1> {MASK}", text)
    return ASSIGNMENT.sub(rf"\g<1>\g<2>{MASK}", text)


def mask_item(key: str, value: Any) -> Any:
    """Return the value of `key` masked: wholly, where the key's name says that it is a secret."""
    return MASK if SECRET_KEY.search(key) else mask_value(value)


def mask_value(value: Any) -> Any:
    """Return `value` masked, going down into dicts and lists; objects become their masked repr."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): mask_item(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [mask_value(item) for item in value]
    return mask(value if isinstance(value, str) else repr(value))


def mask_event(logger: WrappedLogger, method_name: str, event: EventDict) -> EventDict:
    """The structlog processor that masks every value of a log line."""
    return {key: mask_item(key, value) for key, value in event.items()}


def render_plain(logger: WrappedLogger, method_name: str, event: EventDict) -> str:
    """The structlog processor that writes `WARNING django.request Not Found: /x status_code=404`."""
    head = f"{event.pop('level', '').upper()} {event.pop('logger', '')} {event.pop('event', '')}"
    event.pop("timestamp", None)
    trace = event.pop("exception", None)
    line = " ".join([head, *(f"{key}={value}" for key, value in event.items())])
    return f"{line}\n{trace}" if trace else line


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def formatter(renderer: Processor) -> structlog.stdlib.ProcessorFormatter:
    """Return a formatter for structlog's and the standard library's loggers alike, that masks last."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask_event, renderer],
        foreign_pre_chain=[*BEFORE, structlog.stdlib.ExtraAdder()],
    )


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    return formatter(structlog.processors.JSONRenderer())


def plain_formatter() -> structlog.stdlib.ProcessorFormatter:
    return formatter(render_plain)


def configure_structlog() -> None:
    """Send structlog's own loggers through the standard library, so that there is one way out."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *BEFORE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_config(*, as_json: bool, level: str) -> dict[str, Any]:
    """Return the LOGGING setting.

    Args:
        as_json: JSON lines instead of plain ones.
        level: the least level that is written, for instance "INFO".
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "loyalty_site.logs.json_formatter"},
            "plain": {"()": "loyalty_site.logs.plain_formatter"},
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json" if as_json else "plain"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level},  # without Django's own handlers, which do not mask
            "django.server": {"handlers": ["out"], "level": level, "propagate": False},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners make many
            "axes": {"level": "ERROR"},
            "httpx": {"level": "WARNING"},  # its addresses name devices and cards
        },
    }
