"""The rows of a list as they are drawn: what a column has in common is worked out once, and not for each of its cells.

Unfold, whose cells these are to the letter, works out all headers again for each row, and draws each tick, label and
sign by a template: half the time of a page. Rows that are changed within the list it knows too; ours never are.
"""

import datetime
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as of_unfold
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES
from unfold.utils import display_for_field, display_for_label, display_for_value

TICK = "action_checkbox"
KEY = "key-of-the-row"  # stands in a tick that is drawn for all rows
MOMENTS = (datetime.date, datetime.time)
OF_ONE_LINE = (models.DateField, models.TimeField, models.ForeignKey)


class Column:
    """A column of a list, and its cells."""

    def __init__(self, changelist: Any, name: str, *, label: Any, links: str = "") -> None:
        """`links`: the tag of its cells where they lead to their rows, td or th."""
        self.changelist, self.page, self.name = changelist, changelist.model_admin, name
        self.links, self.tag = bool(links), links or "td"
        of_all = CHECKBOX_CLASSES if name == TICK else [f"field-{name}", *ROW_CLASSES]
        self.classes, self.label = " ".join(of_all), conditional_escape(label)
        self._drawn: dict[Any, Any] = {}
        self._writings = self.page.readonly_preprocess_fields

    def cell(self, row: models.Model) -> str:
        """The cell of a row, as HTML."""
        text, is_of_one_line = self._shown(row)
        if self.links:
            text = self._link(row, text)
        classes = f"{self.classes} nowrap" if is_of_one_line else self.classes
        opening = f'<{self.tag} class="{classes}" data-label="{self.label}">'
        return f"{opening}{conditional_escape(text)}</{self.tag}>"

    def _shown(self, row: models.Model) -> tuple[Any, bool]:
        """What a cell says, and whether it is one that is not broken into lines."""
        if self.name == TICK:
            return self._tick(row), False
        empty = self.page.get_empty_value_display()
        try:
            field, attr, value = lookup_field(self.name, row, self.page)
        except ObjectDoesNotExist:
            return empty, False
        empty = getattr(attr, "empty_value_display", empty)
        if field is None or field.auto_created:
            return self._of_method(attr, value, empty), isinstance(value, MOMENTS)
        if isinstance(field.remote_field, models.ManyToOneRel):
            return empty if value is None else value, isinstance(field, OF_ONE_LINE)
        if isinstance(field, models.BooleanField) or field.flatchoices:
            text = self._once(value, lambda: display_for_field(value, field, empty))
        else:
            text = self._written(display_for_field(value, field, empty))
        return text, isinstance(field, OF_ONE_LINE)

    def _of_method(self, attr: Any, value: Any, empty: str) -> Any:
        """What a method of the page says of a row; a label and a sign are drawn by templates."""
        if label := getattr(attr, "label", False):
            return self._once(value, lambda: display_for_label(value, empty, label))
        if getattr(attr, "boolean", False):
            return self._once(value, lambda: display_for_value(value, empty, boolean=True))
        return display_for_value(value, empty)

    def _written(self, text: Any) -> Any:
        """A text as its page writes this column."""
        write = self._writings.get(self.name)
        return write(text) if write and isinstance(text, str) else text

    def _tick(self, row: models.Model) -> SafeString:
        drawn = self._once(KEY, lambda: self.page.action_checkbox(SimpleNamespace(pk=KEY)))
        return SafeString(drawn.replace(KEY, escape(str(row.pk))))

    def _link(self, row: models.Model, text: Any) -> Any:
        """A text that leads to the page of its row, and from there back to what the list is asked now."""
        shown = self.changelist
        try:
            address = shown.url_for_result(row)
        except NoReverseMatch:
            return text
        of_list = {"preserved_filters": shown.preserved_filters, "opts": shown.opts}
        asked = self._once("asked", lambda: add_preserved_filters(of_list, address).removeprefix(address))
        key = row.serializable_value(str(shown.to_field or shown.lookup_opts.pk.attname))
        opener = format_html(' data-popup-opener="{}"', key) if shown.is_popup else ""
        classes = " ".join(LINK_CLASSES)
        return format_html('<a href="{}" class="{}" {}>{}</a>', address + asked, classes, opener, text)

    def _once(self, value: Any, draw: Callable[[], Any]) -> Any:
        """What is drawn of a value; it is the same for all rows that have it."""
        if value not in self._drawn:
            self._drawn[value] = draw()
        return self._drawn[value]


def rows(changelist: Any, labels: list[Any]) -> Iterator[SafeString]:
    """The cells of each row of a page, as HTML. `labels`: of its columns, in their order."""
    columns, lead = [], changelist.list_display_links or ()
    first, *_others = [name for name in changelist.list_display if name in lead] or [""]
    for place, (name, label) in enumerate(zip(changelist.list_display, labels, strict=True)):
        links = "" if name not in lead else "th" if name == first else "td"
        is_tick = place == 0 and not links
        columns.append(
            Column(changelist, name, label=of_unfold("Select record") if is_tick else label, links=links)
        )
    for row in changelist.result_list:
        yield SafeString("".join(column.cell(row) for column in columns))
