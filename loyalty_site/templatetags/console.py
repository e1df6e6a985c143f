"""Template tags of the console's own pages."""

from typing import Any

from django import template
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst

from groundwork.formats.numbers import signed

register = template.Library()
register.filter("signed", signed)


@register.simple_tag(takes_context=True)
def trail(context: template.Context) -> list[dict[str, Any]]:
    """Where this page is: the entry of the menu, then the row, each with its address; titles as they are written.

    `{% trail as parts %}` gives a list of `title` and `link`. Unfold's own writes every name with a capital, an
    e-mail address too, and calls lists otherwise than the menu does.
    """
    opts = context.get("opts")
    if opts is None:
        return [{"title": context.get("title", ""), "link": None}]
    row = next((it for it in (context.get("original"), context.get("object")) if isinstance(it, Model)), None)
    meta = row._meta if row is not None else opts
    registered = admin.site._registry.get(meta.model)
    name = getattr(registered, "menu_title", None) or capfirst(meta.verbose_name_plural)
    place = f"admin:{meta.app_label}_{meta.model_name}"
    parts = [{"title": name, "link": reverse(f"{place}_changelist")}]
    if row is not None:
        parts.append({"title": str(row), "link": reverse(f"{place}_change", args=[row.pk])})
    elif context.get("add"):
        parts.append({"title": context.get("title", ""), "link": None})
    return parts
