"""Logging: JSON lines for machines or plain lines for people, and in both nothing personal or secret.

A line is masked value by value: by its key where it has one, and else by what is written in it. Values are cut first,
and nothing below reads a sign more than a few times: an address of 8 kB costs twice one of 4.
"""

import re
from itertools import islice
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
CUT = "…"
LONGEST_TEXT = 2_000  # characters of a value, or of one line of a trace
MOST_LINES = 100  # of a trace, at its beginning and as many at its end
MOST_ITEMS = 100  # of a list or dict
TRACES = frozenset({"exception", "stack", "traceback", "exc"})  # the latter two are Celery's
SECRET_KEY = re.compile(
    r"password|passphrase|(?:token|secret|authorization|cookies?|sessionid|api[_-]?key|signature)$"
    r"|(?:^|[_-])(?:pin|e?-?mail|phone|phone_number|(?:first|last|full|customer)_name|username|birth_date|birthday"
    r"|q|search|term|recipients?|notes|args|kwargs|params)$",
    re.IGNORECASE,
)

# A group is never repeated possessively: Python before 3.11.5 loses its way there, and leaves what follows unmasked.
WORD = re.compile(
    r"[^\s\"'<>()\[\]{},;&=?/:|]++(?:'[^\s\"'<>()\[\]{},;&=?/:|]++)*"
)  # also o'neil@example.com
QUOTED_ADDRESS = re.compile(r"\"[^\"\n]{1,64}\"@[^\s\"'<>()]+")
QUOTED = re.compile(r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*'?|\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*\"?")
ROW_REPR = re.compile(r"<(\w++): [^<>\n]*+>")  # what a row calls itself: <Customer: Lea Weber>
PHONE = re.compile(r"(?:\+|%2B|\b00(?=[1-9]))\d[\d ./()-]{5,}\d")
PARAMETER = re.compile(r"([?&])([^\s&=?\"'<>#]++)=([^\s&\"'<>#]*+)")
PLAIN = re.compile(r"[\w/.-]{0,40}")
HARMLESS_PARAMETERS = frozenset({"page", "page_size", "lang", "next", "o", "p", "place"})
TOKEN_IN_PATH = re.compile(r"(/(?:card|devices|(?:registrations|passes)/[^/\s\"']{1,200})/)[^/?\s\"']+")
CREDENTIALS = re.compile(r"\b(bearer|applepass)\s++[\w.~+/=-]+", re.IGNORECASE)
ROW = re.compile(r"(Failing row contains \().*?(?:\)\.?$|\Z)", re.MULTILINE | re.DOTALL)  # PostgreSQL's
UNIQUE = re.compile(r"\)=\([^\n]*\)")  # PostgreSQL's Key (email)=(...) already exists
KEY = re.compile(r"(?<![\w-])([\w-]++)[\"')\]]*+\s*+[=:]\s*+\(?")
VALUE = re.compile(r"'[^'\\]*+(?:\\.[^'\\]*+)*'?|\"[^\"\\]*+(?:\\.[^\"\\]*+)*\"?|[^\s,;&\"'})]++", re.DOTALL)


def mask(text: str) -> str:
    """Return `text` with e-mail addresses, phones, what was searched for, secrets and card addresses unreadable."""
    text = ROW.sub(rf"\g<1>{MASK})", text)
    text = UNIQUE.sub(f")=({MASK})", text)
    text = PARAMETER.sub(_parameter, text)
    text = ROW_REPR.sub(_row, text)
    if "@" in text or "%40" in text:
        text = QUOTED_ADDRESS.sub(MASK, text)
        text = WORD.sub(_word, text)
    text = PHONE.sub(MASK, text)
    text = TOKEN_IN_PATH.sub(rf"\g<1>{MASK}", text)
    text = CREDENTIALS.sub(rf"\g<1> {MASK}", text)
    return _assignments(text)


def _parameter(found: re.Match[str]) -> str:
    """A parameter of an address: only what is known to be harmless is shown."""
    mark, name, value = found.groups()
    is_harmless = name in HARMLESS_PARAMETERS and PLAIN.fullmatch(value)
    return found[0] if is_harmless else f"{mark}{name}={MASK}"


def _word(found: re.Match[str]) -> str:
    """A word, or a mask for an e-mail address."""
    return MASK if found[0].find("@") > 0 or "%40" in found[0] else found[0]


def _row(found: re.Match[str]) -> str:
    """A row by its kind alone; a request says which address it is for, which is masked by its parts."""
    return found[0] if found[1].endswith("Request") else f"<{found[1]}: {MASK}>"


def mask_values(text: str) -> str:
    """Mask what an error quotes as well: `invalid literal for int(): 'Lea'`. Lines of code stay as they are."""
    lines = text.split("\n")
    return "\n".join(line if line[:1].isspace() else QUOTED.sub(f"'{MASK}'", line) for line in lines)


def _assignments(text: str) -> str:
    """Mask what stands behind a key that is secret: `pin=4711`, `'pin': '4711'`."""
    parts, end = [], 0
    for key in KEY.finditer(text):
        if key.start() < end or not SECRET_KEY.search(key[1]):
            continue
        if value := VALUE.match(text, key.end()):
            quote = value[0][0] if value[0][0] in "\"'" else ""
            parts += [text[end : key.end()], f"{quote}{MASK}{quote}"]
            end = value.end()
    return "".join([*parts, text[end:]])


def bounded(text: str) -> str:
    """The beginning of a long text, up to where a word ends: the rest of a cut one would not be known for a secret."""
    if len(text) <= LONGEST_TEXT:
        return text
    kept = text[:LONGEST_TEXT]
    return kept[: max(kept.rfind(mark) for mark in " \n/?&,;") + 1] + CUT


def bounded_trace(trace: str) -> str:
    """The first and the last lines of a long trace."""
    lines = trace.split("\n")
    if len(lines) > 2 * MOST_LINES:
        lines = [*lines[:MOST_LINES], CUT, *lines[-MOST_LINES:]]
    return "\n".join(map(bounded, lines))


def mask_item(key: str, value: Any) -> Any:
    """Return the value of `key` masked: wholly, where the key's name says that it is a secret."""
    if key in TRACES and isinstance(value, str):
        return mask_values(mask(bounded_trace(value)))
    return MASK if SECRET_KEY.search(key) else mask_value(value)


def mask_value(value: Any) -> Any:
    """Return `value` masked and cut, going down into dicts and lists; objects become their masked repr."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        items = islice(value.items(), MOST_ITEMS)
        return {mask(bounded(str(key))): mask_item(str(key), item) for key, item in items}
    if isinstance(value, (list, tuple, set)):
        return [mask_value(item) for item in islice(value, MOST_ITEMS)]
    if isinstance(value, BaseException):
        return mask_values(mask(bounded(repr(value))))
    return mask(bounded(value if isinstance(value, str) else repr(value)))


def mask_event(logger: WrappedLogger, method_name: str, event: EventDict) -> EventDict:
    """The structlog processor that masks every value of a log line."""
    masked = {key: mask_item(key, value) for key, value in event.items()}
    if str(event.get("logger", "")).startswith("celery"):  # whose lines quote the error of a task
        masked["event"] = mask_values(str(masked.get("event", "")))
    return masked


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
            "gunicorn.error": {"handlers": ["out"], "level": level, "propagate": False},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners make many
            "django.db.backends": {"level": "INFO"},  # each query with its values, at DEBUG
            "httpx": {"level": "WARNING"},  # its addresses name devices and cards
        },
    }
