"""A call that anybody may make, in the scope of the store that it is about."""

from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils import translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from loyalty.api.base import ApiView
from tenancy import scope
from tenancy.errors import StoreNotFound
from tenancy.models import Store
from tenancy.models.merchant import is_code
from tenancy.selectors import public_store

TAGS = ["public"]


class PublicStoreView(ApiView):
    """A call about a store that anybody may make."""

    authentication_classes: ClassVar[list[type[BaseAuthentication]]] = []
    refusals = (*ApiView.refusals, StoreNotFound)

    store_code: str
    store: Store

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.store_code = kwargs.pop("store_code")
        return super().dispatch(request, *args, **kwargs)

    def admit(self, request: Request) -> None:
        if not is_code(self.store_code):
            raise StoreNotFound()
        self.store = public_store(self.store_code)
        self.until_answered.enter_context(scope.merchant(self.store.merchant_id))
        if not request.headers.get("Accept-Language"):
            self.until_answered.enter_context(translation.override(self.store.default_language))
