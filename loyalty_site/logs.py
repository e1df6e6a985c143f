"""Logging: JSON lines for machines or plain lines for people, and in both nothing personal or secret."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PERSONAL_ADDRESS = re.compile(r"(/card/)[^/\s\"']+")
SECRET_TEXT = re.compile(
    r"(?i)\b(authorization|bearer|applepass|pin|password|token|secret|api[_-]?key)(\W{1,4})[^\s,;&\"'}]+"
)
SECRET_KEYS = re.compile(r"(?i)(^|_)(pin|password|token|secret|authorization|cookie|api_key|email)(_|$)")
MASK = "***"


def mask(text: str) -> str:
    """Return `text` with e-mail addresses, secrets and the tokens in card addresses made unreadable."""
    text = EMAIL.sub(MASK, text)
    text = PERSONAL_ADDRESS.sub(rf"\g<1>{MASK}", text)
    return SECRET_TEXT.sub(rf"\g<1>\g<2>{MASK}", text)


def mask_value(value: Any) -> Any:
    """Return `value` masked, going down into dicts and lists."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {
            key: MASK if SECRET_KEYS.search(str(key)) else mask_value(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask_value(item) for item in value]
    return value


def mask_event(logger: WrappedLogger, method_name: str, event: EventDict) -> EventDict:
    """The structlog processor that masks every value of a log line but its own record."""
    for key, value in event.items():
        if not key.startswith("_"):
            event[key] = MASK if SECRET_KEYS.search(key) else mask_value(value)
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        finish = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask_event]
        super().__init__(
            processors=[*finish, structlog.processors.JSONRenderer()],
            foreign_pre_chain=SHARED,
            use_get_message=True,
        )


class PlainFormatter(logging.Formatter):
    """`WARNING django.request Not Found: /x`, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure_structlog() -> None:
    """Send structlog's own loggers through the standard library, so that there is one way out."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
            "json": {"()": JsonFormatter},
            "plain": {"()": PlainFormatter, "format": "%(levelname)s %(name)s %(message)s"},
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json" if as_json else "plain"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {"django.server": {"handlers": ["out"], "propagate": False}, "axes": {"level": "ERROR"}},
    }
