"""The table of a list of the console."""

from typing import Any

from django import template
from unfold.templatetags.unfold_list import result_headers

from groundwork.console import cells

register = template.Library()


@register.inclusion_tag("admin/list_rows.html", takes_context=True)
def list_rows(context: template.Context, cl: Any) -> dict[str, Any]:
    """Headers and rows of a page of a list; without any, what there would be."""
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(header.get("sorted", False) for header in headers),
        "rows": list(cells.rows(cl, [header["text"] for header in headers])),
        "has_add_permission": context["has_add_permission"],
    }
