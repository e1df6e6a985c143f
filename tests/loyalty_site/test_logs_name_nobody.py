"""Whatever is logged, whoever it is about: a mark is put wherever one can stand, and no line shows it."""

import io
import json
import logging
import smtplib

import pytest
from celery import Celery
from django.db import DatabaseError, connection
from django.test import Client
from rest_framework.exceptions import ValidationError

from customers.models import Customer
from loyalty_site import logs

MARK = "Zyxwvut"
ADDRESS = f"lea.{MARK}@example.com"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What every logger writes in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_formatter())
    places = [logging.getLogger(name) for name in ("", "django", "django.request", "celery")]
    for logger in places:
        monkeypatch.setattr(logger, "handlers", [handler])
        monkeypatch.setattr(logger, "level", logging.INFO)
        monkeypatch.setattr(logger, "propagate", logger.name in ("django.request", "celery.app.trace"))
    return stream


def said(lines: io.StringIO) -> list[dict[str, object]]:
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert written
    assert MARK.lower() not in lines.getvalue().lower()
    return written


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        f"/nowhere/?q={MARK}",
        f"/nowhere/?term={MARK}&page=1",
        f"/nowhere/?anything={MARK}%20Weber",
        f"/nowhere/?q={MARK}&q={MARK};search={MARK}",
        f"/nowhere/{ADDRESS}/",
        f"/nowhere/lea%40{MARK}.example.com",
        f"/card/{MARK}0123456789012345/",
        f"/api/v1/wallet/apple/v1/passes/pass.x/{MARK}",
    ],
)
def test_an_address_is_logged_without_what_was_asked(lines: io.StringIO, address: str) -> None:
    Client().get(
        address, headers={"User-Agent": MARK, "Referer": f"https://x/?q={MARK}", "Cookie": f"a={MARK}"}
    )
    assert said(lines)[0]["logger"] == "django.request"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal for int() with base 10: '{MARK}'"),
        KeyError(MARK),
        TypeError(f'must be a date, not "{MARK}"'),
        ValidationError({"first_name": [f'"{MARK}" is not a valid name.'], "email": [ADDRESS]}),
        smtplib.SMTPRecipientsRefused({ADDRESS: (550, f"5.1.1 {MARK} is unknown".encode())}),
        smtplib.SMTPDataError(554, f"rejected: {MARK} Weber".encode()),
        UnicodeDecodeError("utf-8", MARK.encode(), 0, 1, "invalid start byte"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_logged_without_what_it_quotes(lines: io.StringIO, error: Exception) -> None:
    try:
        raise error
    except Exception as raised:
        logging.getLogger("shop").exception("failed", extra={"reason": raised})
    (line,) = said(lines)
    assert type(error).__name__ in str(line["exception"])
    assert "in test_an_error_is_logged_without_what_it_quotes" in str(line["exception"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        f"SELECT '{MARK}'::int",
        f"INSERT INTO customers_customer (first_name, email) VALUES ('{MARK}', '{ADDRESS}')",
        f"SELECT no_such_column FROM customers_customer WHERE email = '{ADDRESS}' AND last_name = '{MARK}'",
    ],
)
def test_what_the_database_refuses_is_logged_without_the_row(lines: io.StringIO, query: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
    except DatabaseError:
        logging.getLogger("shop").exception("failed")
    assert "psycopg.errors" in str(said(lines)[0]["exception"])


@pytest.mark.parametrize(
    "extra",
    [
        {"customer": Customer(first_name=MARK, last_name="Weber", email=ADDRESS)},
        {"rows": [Customer(pk=7, first_name=MARK)]},
        {"request": {"GET": {"q": MARK}, "headers": {"Authorization": f"Bearer {MARK}"}}},
        {"to": ADDRESS, "username": MARK, "kwargs": {"name": MARK}, "params": [MARK]},
        {"sent_to": [f'"lea {MARK}"@example.com', f"o'{MARK}@example.com", f"Lea <{ADDRESS}>"]},
        {"phone": MARK, "last_name": MARK, "notes": MARK, "csrf_token": MARK},
    ],
)
def test_fields_are_logged_by_what_they_are(lines: io.StringIO, extra: dict[str, object]) -> None:
    logging.getLogger("shop").warning("looked at", extra=extra)
    (line,) = said(lines)
    assert extra.keys() <= line.keys()


def test_a_task_that_fails_is_logged_without_what_it_was_about(lines: io.StringIO) -> None:
    app = Celery("shop", set_as_current=False, broker="memory://")

    @app.task(name="shop.write")
    def write(name: str, *, note: str) -> None:
        raise ValueError(f"cannot write to '{name}'")

    write.apply(args=[MARK], kwargs={"note": MARK})
    assert any("shop.write" in str(line["event"]) for line in said(lines))


def test_queries_are_not_logged_whatever_the_level() -> None:
    config = logs.logging_config(as_json=True, level="DEBUG")
    assert config["loggers"]["django.db.backends"]["level"] == "INFO"
