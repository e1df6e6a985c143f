"""The house described from its own code: who is joined to whom (docs/wiring.md), its tables (docs/models.md), and the
events that it tells others of (docs/events.md).

`manage.py describe` writes all three; a test fails on one that is stale.
"""

import sys
from collections.abc import Iterable, Iterator
from inspect import getdoc
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin

from celery.schedules import crontab
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models
from modeltranslation.fields import TranslationField

from groundwork.jobs.service import Work
from groundwork.messaging.wiring import Port, subscriptions
from loyalty_site.celery import JOBS
from webhooks import catalogue

EVERYWHERE = ("merchant", "deleted_by")  # keys of nearly every table: named in it, and no line drawn


def pages() -> dict[Path, str]:
    """Every described page, by its file."""
    docs = settings.BASE_DIR / "docs"
    return {
        docs / "wiring.md": wiring(),
        docs / "models.md": tables(),
        docs / "events.md": catalogue.page(),
    }


def own_apps() -> list[AppConfig]:
    """The apps of this house, from the floor upwards."""
    return [each for each in apps.get_app_configs() if Path(each.path).parent == settings.BASE_DIR]


# --- Wiring -----------------------------------------------------------------------------------------------


def wiring() -> str:
    """Who listens to which event, who answers which question, and what the clock does, as Markdown."""
    return "\n".join(
        [
            "# Who is joined to whom",
            "",
            "Made from `loyalty_site/wiring.py` and `loyalty_site/celery.py` by `manage.py describe`.",
            "",
            "## Events",
            "",
            "Each goes through the outbox, one row per listener. The name stands in waiting rows and never changes.",
            "",
            *_table("event", "name of the subscription", "handler", rows=_subscriptions()),
            "",
            "## Questions to the apps above",
            "",
            *_table("port", "asks", "who answers, in this order", rows=_ports()),
            "",
            "## By the clock",
            "",
            "Times are UTC, as five fields of a crontab. An operator may change them in the console.",
            "",
            *_table("task", "when", rows=((f"`{job.task}`", f"`{_when(job.when)}`") for job in JOBS)),
            "",
        ]
    )


def _subscriptions() -> Iterator[tuple[str, str, str]]:
    for each in subscriptions:
        yield f"`{each.event.__name__}`", f"`{each.name}`", f"`{_dotted(each.handler)}`"


def _ports() -> list[tuple[str, str, str]]:
    rows = []
    for name in sorted(sys.modules):
        if name.partition(".")[0] in {app.name for app in own_apps()}:
            module = sys.modules[name]
            for variable, kind in vars(module).get("__annotations__", {}).items():
                if isinstance(port := getattr(module, variable, None), Port):
                    rows.append((f"`{name}.{variable}`", _question(*get_args(kind)), _answering(port)))
    return rows


def _question(asked: Any) -> str:
    kind = get_origin(asked) or asked
    return f"`{kind.__name__}`: {_first_line(kind)}"


def _answering(port: Port[Any]) -> str:
    return ", ".join(f"`{_dotted(each.work if isinstance(each, Work) else each)}`" for each in port)


def _dotted(thing: Any) -> str:
    """The name of a module, of something in one, or of an object that has one of its own."""
    if isinstance(thing, ModuleType):
        return thing.__name__
    return f"{thing.__module__}.{thing.__qualname__}" if hasattr(thing, "__qualname__") else str(thing.name)


def _when(when: Any) -> str:
    if not isinstance(when, crontab):
        return f"every {when.run_every.total_seconds():.0f} s"
    units = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    return " ".join(str(getattr(when, f"_orig_{unit}")) for unit in units)


# --- Tables -----------------------------------------------------------------------------------------------


def tables() -> str:
    """Every table of every app and what it points to, as Markdown with diagrams."""
    lines = [
        "# Tables",
        "",
        "Made from the models by `manage.py describe`. `merchant_id` and `deleted_by_id` are named, not drawn; of a",
        "translated text only the text is named, not its column for each language.",
        "",
    ]
    for app in own_apps():
        if found := sorted(app.get_models(), key=lambda model: model.__name__):
            lines += [f"## {app.name}", "", *_table("model", "what it is", rows=map(_about, found)), ""]
            lines += ["```mermaid", "erDiagram", *_diagram(found), "```", ""]
    return "\n".join(lines)


def _about(model: type[models.Model]) -> tuple[str, str]:
    return f"`{model.__name__}`", _first_line(model)


def _diagram(found: Iterable[type[models.Model]]) -> Iterator[str]:
    for model in found:
        yield f"    {model.__name__} {{"
        yield from (f"        {_column(field)}" for field in _columns(model))
        yield "    }"
        yield from (f"    {line}" for line in _lines(model))


def _columns(model: type[models.Model]) -> list[Any]:
    fields: list[Any] = model._meta.local_fields
    return [field for field in fields if not isinstance(field, TranslationField)]


def _column(field: Any) -> str:
    kind = field.get_internal_type().removesuffix("Field")
    key = "PK" if field.primary_key else "FK" if field.is_relation else "UK" if field.unique else ""
    said = '"may be empty"' if field.null else ""
    return " ".join(filter(None, [kind, field.column, key, said]))


def _lines(model: type[models.Model]) -> Iterator[str]:
    fields: list[Any] = [*_columns(model), *model._meta.local_many_to_many]
    for field in fields:
        if field.remote_field and field.name not in EVERYWHERE:
            many = "}o--o{" if field.many_to_many else "|o--" if field.one_to_one else "}o--"
            one = "" if field.many_to_many else "o|" if field.null else "||"
            yield f"{model.__name__} {many}{one} {field.related_model.__name__} : {field.name}"


# --- Markdown ---------------------------------------------------------------------------------------------


def _table(*header: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _first_line(described: type[Any]) -> str:
    return (getdoc(described) or "").partition("\n")[0].replace("|", "\\|")
