"""People: members of stores with their roles, and the accounts they sign in with.

Nobody types or sees another person's password here: people are invited (`tenancy.console.invitation`), and whoever has
forgotten theirs gets a link.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from groundwork.console.grants import Grants
from tenancy import accounts, scope, services, sign_in
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.second_factor import SecondFactorReset
from tenancy.models import Role, StoreUser, User
from tenancy.roles import OPERATORS, OWNERS, READERS, is_operator


@admin.register(StoreUser)
class StoreUserAdmin(ConsoleAdmin):
    """Who works at which store. Nobody changes their own role."""

    grants = Grants(view=READERS, change=OWNERS, delete=OWNERS)
    menu_title = _("People")
    menu_icon = "group"
    empty_help = _("Whoever accepts an invitation is here: owners, managers and staff.")
    list_display = ["person", "email", "store", "merchant", "role_label", "is_active"]
    list_filter = ["role", "store", "is_active"]
    list_select_related = ["user", "store", "merchant"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "store__name"]
    readonly_fields = ["user", "store"]
    fieldsets = [(None, {"fields": ["user", "store", "role", "is_active"]})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.change_member(
            member=obj, actor=actor_for(request, obj.merchant_id), role=obj.role, is_active=obj.is_active
        )

    def soft_delete(self, request: HttpRequest, row: Any) -> None:
        services.remove_member(member=row, actor=actor_for(request, row.merchant_id))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._is_own(request, obj)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        return isinstance(obj, StoreUser) and obj.user_id == request.user.pk and not is_operator(request.user)

    @display(description=_("name"), ordering="user__last_name")
    def person(self, row: StoreUser) -> str:
        return row.user.get_full_name() or row.user.email

    @display(description=_("e-mail"), ordering="user__email")
    def email(self, row: StoreUser) -> str:
        return row.user.email

    @display(
        description=_("role"),
        ordering="role",
        label=dict.fromkeys(Role.values, "default") | {Role.OWNER: "success", Role.MANAGER: "info"},
    )
    def role_label(self, row: StoreUser) -> tuple[str, str]:
        return row.role, row.get_role_display()


class AccountForm(ConsoleForm):
    """An account's rights; an operator cannot take their own away by mistake."""

    class Meta:
        model = User
        fields = ["is_active", "is_superuser"]
        labels = {"is_superuser": _("Operator")}
        help_texts = {"is_superuser": _("Runs the platform: sees and may do everything, at every merchant.")}


@admin.register(User)
class UserAdmin(SecondFactorReset, ConsoleAdmin):
    """What people sign in with: their own, so that operators see it and decide only what it opens."""

    grants = Grants(view=OPERATORS, change=OPERATORS, delete=OPERATORS)
    menu_title = _("Accounts")
    menu_icon = "badge"
    form = AccountForm
    actions_detail = ("send_reset_link", "unlock", "reset_second_factor")
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "preferred_language", "is_active", "operator"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["email", "first_name", "last_name"]
    readonly_fields = ["email", "first_name", "last_name", "preferred_language", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), "preferred_language"]}),
        (_("Rights"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "is_active", "is_superuser"] if obj == request.user else fields

    def merchant_in_history(self, row: User) -> int | None:
        """The one merchant where this person works; people of several are the operators' matter."""
        with scope.everything("an account belongs to no merchant by itself"):
            merchants = set(StoreUser.all_objects.filter(user=row).values_list("merchant_id", flat=True))
        return merchants.pop() if len(merchants) == 1 else None

    @display(description=_("operator"), ordering="is_superuser", boolean=True)
    def operator(self, row: User) -> bool:
        return is_operator(row)

    def has_living_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.is_active and self.has_change_permission(request, row)

    @action(description=_("Send a reset link"), permissions=["living"], icon="lock_reset")
    def send_reset_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For somebody who has forgotten their password; nobody types another one for them."""
        return self.ask(
            request,
            object_id,
            title=_("Send a reset link"),
            explanation=_(
                "An e-mail goes to the address of this account, with a link to choose a new password."
            ),
            perform=self._send_reset_link,
        )

    def _send_reset_link(self, request: HttpRequest, row: User, cleaned: dict[str, Any]) -> str:
        accounts.request_password_reset(row.email)
        return gettext("The link is on its way.")

    @action(description=_("Unlock"), permissions=["living"], icon="lock_open")
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For somebody who has to wait because of wrong passwords, their own or a stranger's."""
        return self.ask(
            request,
            object_id,
            title=_("Unlock"),
            explanation=_(
                "Wrong passwords for this account are forgotten: nobody has to wait before the next one. "
                "The pauses of a network they came from go on."
            ),
            perform=self._unlock,
        )

    def _unlock(self, request: HttpRequest, row: User, cleaned: dict[str, Any]) -> str:
        is_forgiven = sign_in.forgive(row.email)
        return (
            gettext("This account does not have to wait any more.")
            if is_forgiven
            else str(sign_in.NOT_FORGIVEN)
        )
