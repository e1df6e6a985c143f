"""People: members of stores with their roles, and the accounts they sign in with."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from groundwork.console.grants import Grants
from groundwork.errors import Invalid
from groundwork.formats.email import normalize_email
from tenancy import scope, selectors, services
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.second_factor import SecondFactorReset
from tenancy.models import Role, StoreUser, User
from tenancy.roles import OPERATORS, OWNERS, READERS, is_operator, owned_merchant_ids, visible_to


class MemberForm(ConsoleForm):
    """A new member: by e-mail, so that nobody needs to know who signs in already."""

    email = forms.EmailField(label=_("E-mail"), widget=UnfoldAdminEmailInputWidget)
    first_name = forms.CharField(
        label=_("First name"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )
    password = forms.CharField(
        label=_("First password"),
        required=False,  # the service refuses, after it has looked whether there is anybody to add
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Somebody who signs in here already keeps theirs."),
    )

    class Meta:
        model = StoreUser
        fields = ["store", "role"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        email, store = self.cleaned_data.get("email"), self.cleaned_data.get("store")
        if email and store and not self.errors:
            try:
                services.check_member(
                    store=store, email=email, password=self.cleaned_data["password"], **self._names()
                )
            except Invalid as refused:
                for error in refused.extra["errors"]:
                    self.add_error(error["field"], error["message"])
        return cleaned

    def _names(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("first_name", "last_name")}


@admin.register(StoreUser)
class StoreUserAdmin(ConsoleAdmin):
    """Who works at which store. Nobody changes their own role."""

    grants = Grants(view=READERS, add=OWNERS, change=OWNERS, delete=OWNERS)
    menu_title = _("People")
    menu_icon = "group"
    empty_help = _("Add whoever works here: owners, managers and staff.")
    list_display = ["person", "email", "store", "merchant", "role_label", "is_active"]
    list_filter = ["role", "store", "is_active"]
    list_select_related = ["user", "store", "merchant"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "store__name"]
    readonly_fields = ["user", "store"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            person = ["email", ("first_name", "last_name"), "password"]
            return [(_("Who"), {"fields": person}), (_("Where"), {"fields": ["store", "role"]})]
        return self.with_deletion([(None, {"fields": ["user", "store", "role", "is_active"]})], obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = kwargs.pop("form", ConsoleForm if obj else MemberForm)
        return super().get_form(request, obj, change=change, form=form, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = services.add_member(
            store=obj.store,
            actor=actor_for(request, obj.store.merchant_id),
            email=form.cleaned_data["email"],
            role=obj.role,
            password=form.cleaned_data["password"],
            first_name=form.cleaned_data["first_name"],
            last_name=form.cleaned_data["last_name"],
        )
        obj.__dict__.update(made.__dict__)

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
    """An account; an operator cannot take their own rights away by mistake."""

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "preferred_language", "is_active", "is_superuser"]
        labels = {"is_superuser": _("Operator")}
        help_texts = {"is_superuser": _("Runs the platform: sees and may do everything, at every merchant.")}

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


@admin.register(User)
class UserAdmin(SecondFactorReset, ConsoleAdmin, DjangoUserAdmin):
    """What people sign in with. An owner may change only accounts that are wholly of their own merchants."""

    grants = Grants(view=OWNERS, add=OPERATORS, change=OWNERS, delete=OPERATORS)
    menu_title = _("Accounts")
    menu_icon = "badge"
    form = AccountForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    actions_detail = ("set_password", "reset_second_factor")
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "preferred_language", "is_active", "operator"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["email", "first_name", "last_name"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [(None, {"fields": ["email", "password1", "password2"]})]
    fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), "preferred_language"]}),
        (_("Rights"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs.setdefault("form", self.add_form)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if not is_operator(request.user):  # there is nothing to give, and nothing to wonder about
            for _name, options in fieldsets:
                options["fields"] = [name for name in options["fields"] if name != "is_superuser"]
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        if not is_operator(request.user):
            return [*fields, "is_active", "is_superuser"]
        return [*fields, "is_active", "is_superuser"] if obj == request.user else fields

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return columns if is_operator(request.user) else [name for name in columns if name != "operator"]

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = super().get_list_filter(request)
        return filters if is_operator(request.user) else [name for name in filters if name != "is_superuser"]

    def merchant_in_history(self, row: User) -> int | None:
        """The one merchant where this person works; people of several are the operators' matter."""
        with scope.everything("an account belongs to no merchant by itself"):
            merchants = set(StoreUser.all_objects.filter(user=row).values_list("merchant_id", flat=True))
        return merchants.pop() if len(merchants) == 1 else None

    @display(description=_("operator"), ordering="is_superuser", boolean=True)
    def operator(self, row: User) -> bool:
        return is_operator(row)

    def has_set_password_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and self.has_change_permission(request, row)

    @action(description=_("Set a password"), permissions=["set_password"], icon="password")
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For somebody who has forgotten theirs; Django's own page."""
        return self.user_change_password(request, object_id)

    # --- whose accounts ---

    def visible(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if is_operator(request.user):
            return rows
        members = self.readable(request, visible_to(request.user, StoreUser.objects.all()))
        return rows.filter(pk__in=members.values("user_id"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        if row is None:
            return self.may(request, "change")
        return not row.is_deleted and self._is_wholly_theirs(request, row)

    def _is_wholly_theirs(self, request: HttpRequest, account: User) -> bool:
        """Whether everything that this account opens, or has ever opened, is the signed-in user's to give."""
        if is_operator(request.user):
            return True
        owned = owned_merchant_ids(request.user)
        return bool(owned) and not selectors.is_known_beyond(account, owned)
