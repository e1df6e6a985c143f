"""Rows of which a merchant has one: whoever runs one merchant gets the page and no list."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tenancy.roles import has_one_merchant


class OnePerMerchant:
    """Mixed in before ConsoleAdmin. The list stays for filters, and while there is nothing yet."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        is_first_look = request.method == "GET" and not request.GET
        if has_one_merchant(request.user) and is_first_look and self.has_view_permission(request):  # type: ignore[attr-defined]
            row = self.choices(request).first()  # type: ignore[attr-defined]
            if row is not None:
                return HttpResponseRedirect(self.page_of(row))  # type: ignore[attr-defined]
        return super().changelist_view(request, extra_context)
