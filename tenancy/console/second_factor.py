"""Resetting somebody's second factor: the way back in when phone and recovery codes are lost."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from tenancy import second_factor
from tenancy.models import User
from tenancy.roles import is_operator


class SecondFactorReset:
    """Mixed into the page of accounts, for operators. Their own is reset by `manage.py reset_second_factor`."""

    def has_reset_second_factor_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)  # type: ignore[attr-defined]
        if row is None or not is_operator(request.user) or row.is_deleted:
            return False
        return row.pk != request.user.pk and second_factor.has_any(row)

    @action(
        description=_("Reset the second factor"),
        permissions=["reset_second_factor"],
        icon="phonelink_erase",
        variant=ActionVariant.DANGER,
    )
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """After it has been made sure, on another way, who asks for it."""
        answer: HttpResponse = self.ask(  # type: ignore[attr-defined]
            request,
            object_id,
            title=_("Reset the second factor"),
            explanation=_(
                "Passkeys, app and recovery codes of this person are removed, and they are told by e-mail. "
                "Make sure first who asks you for it: call them on a number that you know."
            ),
            perform=self._reset,
        )
        return answer

    def _reset(self, request: HttpRequest, row: User, cleaned: dict[str, Any]) -> str:
        second_factor.reset(row)
        return gettext("The second factor was reset.")
