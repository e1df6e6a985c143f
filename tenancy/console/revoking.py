"""Ending for good what was given: a page that asks, one service call, and the same button on every such page.

class ApiKeyAdmin(Revocable, ConsoleAdmin):
    actions_detail = ("revoke",)
    revoke = revoking(_("Revoke"), title=..., explanation=..., done=..., by=_revoke)
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from unfold.decorators import action
from unfold.enums import ActionVariant


class Revocable:
    """Gives an admin class who may revoke a row: as long as it is not over, and with the right to `revoked_with`."""

    revoked_with = "add"

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)  # type: ignore[attr-defined]
        is_over = row is None or row.revoked_at is not None
        return not is_over and self.may(request, self.revoked_with, row)  # type: ignore[attr-defined]


def revoking(
    description: Promise,
    *,
    title: Promise,
    explanation: Promise,
    done: Promise,
    by: Callable[[HttpRequest, Any], object],
) -> Any:
    """The action `revoke` of a Revocable admin class.

    Parameters: description - on its button; title, explanation - of the page that asks; done - what is said then;
    by - calls the service, with the request and the row.
    """

    def perform(request: HttpRequest, row: Any, cleaned: dict[str, Any]) -> Promise:
        by(request, row)
        return done

    def revoke(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        answer: HttpResponse = self.ask(
            request, object_id, title=title, explanation=explanation, perform=perform
        )
        return answer

    is_red = ActionVariant.DANGER
    return action(description=description, permissions=["revoke"], icon="block", variant=is_red)(revoke)
