"""The form of every console page: one merchant throughout, whatever somebody sends."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from groundwork.console.written import Refusing
from tenancy.errors import OwnerRequired
from tenancy.models.base import TenantOwned
from tenancy.roles import has_one_merchant, merchant_ids


class ConsoleForm(Refusing, forms.ModelForm):
    """Settles the merchant of a new row before it is validated, and refuses rows of another one.

    The merchant is chosen where there is a choice, else it is the store's (or another parent's), else the user's
    only one. Somebody who owns one merchant and manages a store of another adds to each what their role there
    allows. `request` and `page` are set on the class by `admin_base`; a table on another page has no `page`.
    """

    request: HttpRequest
    page: Any = None
    tenant_parents: tuple[str, ...] = ("store", "program")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_tenant_owned = issubclass(self._meta.model, TenantOwned)
        if self.is_tenant_owned:
            self._propose_merchant()
            self._narrow_choices()

    def _propose_merchant(self) -> None:
        if self.instance.merchant_id is None and has_one_merchant(self.request.user):
            (self.instance.merchant_id,) = merchant_ids(self.request.user)

    def _narrow_choices(self) -> None:
        merchant_id = self.instance.merchant_id
        for field in self.fields.values():
            rows = field.queryset if isinstance(field, forms.ModelChoiceField) else None
            if rows is None or not issubclass(rows.model, TenantOwned):
                continue
            if merchant_id:
                field.queryset = rows = rows.filter(merchant_id=merchant_id)  # type: ignore[attr-defined]
            if field.required and len(only := list(rows[:2])) == 1:
                # There is nothing to choose.
                field.initial = only if isinstance(field, forms.ModelMultipleChoiceField) else only[0].pk

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.is_tenant_owned:
            self._settle_merchant()
            self._refuse_strangers()
            self._refuse_roles()
        return cleaned

    def _settle_merchant(self) -> None:
        if not self.instance._state.adding:
            return
        chosen = self.cleaned_data.get("merchant")
        parents = (self.cleaned_data.get(name) for name in self.tenant_parents)
        if chosen is not None:
            self.instance.merchant_id = chosen.pk
        elif "merchant" not in self.fields and (parent := next(filter(None, parents), None)) is not None:
            self.instance.merchant_id = parent.merchant_id

    def _refuse_strangers(self) -> None:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, TenantOwned) and value.merchant_id != self.instance.merchant_id:
                self.add_error(name, _("This belongs to another merchant."))

    def _refuse_roles(self) -> None:
        adding = self.instance._state.adding and self.instance.merchant_id and self.page is not None
        if adding and not self.page.may(self.request, "add", self.instance):
            self.add_error(None, str(OwnerRequired.message))

    def _get_validation_exclusions(self) -> set[str]:
        # Constraints hold also over what the form does not ask for: unique in the merchant, among the living.
        excluded: set[str] = super()._get_validation_exclusions() - {"merchant", "deleted_at"}
        # Without a store there is no merchant yet, and no field at which its absence could be said.
        is_unsettled = self.is_tenant_owned and self.instance.merchant_id is None
        return excluded | {"merchant"} if is_unsettled and "merchant" not in self.fields else excluded
