"""What the columns of an export are: as a JSON Schema for machines, and in words for people."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from groundwork.formats import currencies
from loyalty_site.everything.tables import LEFT_OUT, TABLES, Table
from tenancy.models import Merchant

LOCAL = "_local"  # a moment stands there twice: in UTC, and by the clock of the merchant
VERSION = 1

_KINDS: list[tuple[type[models.Field], dict[str, Any]]] = [
    (models.BooleanField, {"type": "boolean"}),
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.TimeField, {"type": "string", "format": "time"}),
    (models.DecimalField, {"type": "number"}),
    (models.AutoField, {"type": "integer"}),
    (models.IntegerField, {"type": "integer"}),
    (models.JSONField, {}),
]


def kind_of(field: models.Field) -> dict[str, Any]:
    """A column's type as JSON Schema has it; nullable where the column is."""
    while isinstance(field, models.ForeignKey):  # a one-to-one too
        is_null, field = field.null, field.target_field
        found = kind_of(field)
        return {**found, "type": [found["type"], "null"]} if is_null else found
    if type(field).__name__ == "ArrayField":
        return {"type": "array", "items": kind_of(field.base_field)}  # type: ignore[attr-defined]
    found = next((kind for known, kind in _KINDS if isinstance(field, known)), {"type": "string"})
    return {**found, "type": [found["type"], "null"]} if field.null and "type" in found else dict(found)


def properties(table: Table) -> dict[str, Any]:
    """The columns of a table, in order."""
    found: dict[str, Any] = {}
    for name, field in table.fields():
        described = {**kind_of(field), "title": str(field.verbose_name)}
        if field.choices:
            described["enum"] = [value for value, _label in field.flatchoices]
            if field.blank and "" not in described["enum"]:
                described["enum"].append("")
            if field.null:
                described["enum"].append(None)
        found[name] = described
        if isinstance(field, models.DateTimeField):
            found[f"{name}{LOCAL}"] = described
    return found


def as_json_schema() -> dict[str, Any]:
    """The whole export: an array of objects for each table. In English, whoever asks."""
    with override("en"):
        tables = {
            table.name: {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(columns := properties(table)),
                    "properties": columns,
                },
            }
            for table in TABLES
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Everything of a merchant",
        "version": VERSION,
        "type": "object",
        "properties": tables,
        "$comment": f"left out: {', '.join(f'{label} ({why})' for label, why in LEFT_OUT.items())}",
    }


def in_words(merchant: Merchant, counts: Mapping[str, int], pictures: int) -> str:
    """The file that people read first, in the language that is active."""
    digits = currencies.minor_digits(merchant.currency)
    lines = [
        f"# {merchant.name}",
        "",
        _(
            "Each table is there twice: in csv/ for spreadsheets, in json/ for programs. schema.json says what the "
            "columns hold."
        ),
        "",
        "- " + _("Rows name each other by their ids: card_id in transactions is id in cards."),
        "- "
        + _("Moments are in UTC; columns that end with _local have the same by the clock of %(zone)s.")
        % {"zone": merchant.timezone},
        "- "
        + _(
            "Amounts are whole numbers of the smallest unit of %(currency)s; so many digits of them stand after the "
            "point: %(digits)s."
        )
        % {"currency": merchant.currency, "digits": digits},
        "- " + _("points_units and points_fraction count ten-thousandths of a point."),
        "- " + _("Passwords, PINs, keys and links that open something are left out."),
        "",
        "| " + _("table") + " | " + _("rows") + " | " + _("columns") + " |",
        "| --- | ---: | --- |",
    ]
    lines += [f"| {table.name} | {counts[table.name]} | {', '.join(properties(table))} |" for table in TABLES]
    return "\n".join([*lines, "", _("Pictures") + f": {pictures}", ""])
