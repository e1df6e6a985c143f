"""The views that all others stand on: who is calling, in which scope, and how a call becomes an answer.

caller -> scope of an API key -> store -> role -> shape of the request
    -> service (idempotency, staff token, program, card, limits)
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from groundwork.errors import DomainError, IdempotencyKeyRequired, Invalid, NotAuthenticated
from groundwork.idempotency.once import Answer, Claim, exactly_once, fingerprint
from groundwork.web import rate_limits
from loyalty.api.access import Caller
from loyalty.api.authentication import ApiKeyAuthentication, StaffSession, TillDevice
from loyalty.api.documentation import ApiSchema
from loyalty.api.errors import LengthRequired, NotAcceptable, Unavailable
from loyalty.api.fields import possible_id
from loyalty.api.leaving import Leaving
from loyalty.api.pagination import page_of
from loyalty.api.parsing import BodyParser
from tenancy import scope
from tenancy.actor import Actor
from tenancy.errors import ManagerRequired, OperatorRequired, StoreNotFound
from tenancy.models import Scope, Store

PRINTABLE = re.compile(r"[\x20-\x7e]{1,128}")
Render = Callable[[Any], Answer]
Refusals = Iterable[type[DomainError]]


class Json(JSONRenderer):
    """JSON; what is written already, since it is kept for a repeat, goes out as it is."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data if isinstance(data, bytes) else super().render(data, *args, **kwargs)


class ApiView(APIView):
    """JSON in, JSON out. `admit` says who may call and opens the tenant scope for the rest of the request."""

    authentication_classes = [ApiKeyAuthentication, TillDevice, StaffSession]
    permission_classes: ClassVar[list[Any]] = []
    throttle_classes: ClassVar[list[Any]] = []
    parser_classes = [BodyParser]
    renderer_classes = [Json]
    metadata_class = None
    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "patch", "delete"]
    schema = ApiSchema()
    refusals: ClassVar[tuple[type[DomainError], ...]] = (NotAcceptable, Unavailable)
    leaving: ClassVar[Mapping[str, Leaving]] = {}  # by method

    caller: Caller
    standing: rate_limits.Standing | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        ids = {name: possible_id(value) for name, value in kwargs.items() if isinstance(value, int)}
        with ExitStack() as self.until_answered:
            return super().dispatch(request, *args, **kwargs | ids)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.admit(request)

    def admit(self, request: Request) -> None:
        """Raise unless the caller may make this call."""
        self.caller = Caller.of(request)
        self.caller.require_scope(self.scopes_of(_method(request)))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        leaving = self.leaving.get(_method(request))
        for says in (self.standing, leaving):
            for name, value in (says.headers() if says else {}).items():
                response.headers[name] = value
        return response

    def limit(self, name: str, client: str) -> None:
        """Count a call against a limit, and say in the answer how the client stands. Raises RateLimited."""
        self.standing = rate_limits.count(name, client)
        if self.standing is not None:
            self.standing.require()

    def read(self, shape: type[Serializer], **options: Any) -> dict[str, Any]:
        """The body, checked against a shape. Raises ValidationError with every wrong field."""
        if "HTTP_TRANSFER_ENCODING" in self.request.META:  # Django reads nothing of a body in chunks
            raise LengthRequired()
        return self._checked(shape, self.request.data, **options)

    def query(self, shape: type[Serializer]) -> dict[str, Any]:
        """The query parameters, checked against a shape; an empty one is as good as none."""
        given = {name: value for name, value in self.request.query_params.items() if value != ""}
        return self._checked(shape, given)

    def _checked(self, shape: type[Serializer], data: Any, **options: Any) -> dict[str, Any]:
        serializer = shape(data=data, context={"view": self}, **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def page(self, rows: QuerySet, present: Callable[[list[Any]], Sequence[Any]]) -> Response:
        """One page of rows as the query asks for it; `present` gets the rows of that page."""
        return Response(page_of(self.request, rows, present))

    @classmethod
    def scopes_of(cls, method: str) -> tuple[Scope, ...]:
        """The scopes of which an API key needs one for a call; none: no key can make it, or anybody may.

        What an address does not take has none: it is refused right afterwards, whoever asks.
        """
        scopes: tuple[Scope, ...] = getattr(getattr(cls, method.lower(), None), "scopes", ())
        return scopes

    @classmethod
    def refusals_of(cls, method: str) -> Refusals:
        """What any call of this method may be refused with, for the documentation."""
        return cls.refusals


class StoreView(ApiView):
    """A call at a store that the caller works at; `for_managers` names the methods that mere staff may not use."""

    for_managers: ClassVar[frozenset[str]] = frozenset()
    refusals = (*ApiView.refusals, NotAuthenticated, StoreNotFound)

    store_code: str
    store: Store
    actor: Actor

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.store_code = kwargs.pop("store_code")
        return super().dispatch(request, *args, **kwargs)

    def admit(self, request: Request) -> None:
        super().admit(request)
        self.store = self.caller.store(self.store_code)
        self.actor = self.caller.acting_as(self.store.role)  # type: ignore[attr-defined]
        self.until_answered.enter_context(scope.merchant(self.store.merchant_id))
        if _method(request) in self.for_managers:
            self.actor.require_manager()

    def perform(self, service: exactly_once, render: Render, **arguments: Any) -> Response:
        """Make one domain call, exactly once where the caller sent a key, and answer with what `render` says."""
        call = service.once(self._claim(), render)
        answer = call(store=self.store, actor=self.actor, **arguments)
        headers = {"Idempotency-Replayed": "true"} if answer.replayed else None
        return Response(answer.text, status=answer.status, headers=headers)

    def _claim(self) -> Claim:
        key = self.request.headers.get("Idempotency-Key")
        if key is None and self.actor.api_key is not None:
            raise IdempotencyKeyRequired()
        if key is not None and not PRINTABLE.fullmatch(key):
            raise Invalid.field("Idempotency-Key", _("Use 1 to 128 printable characters."))
        return Claim(
            place={"merchant_id": self.store.merchant_id, "store_id": self.store.pk},
            credential=self.actor.credential,
            key=key,
            fingerprint=fingerprint("POST", self.request.path, self.remembered()) if key else "",
        )

    def remembered(self) -> Any:
        """The body as it is told from others that come with its key."""
        return self.request.data

    @classmethod
    def refusals_of(cls, method: str) -> Refusals:
        return (*cls.refusals, ManagerRequired) if method in cls.for_managers else cls.refusals


class BackOfficeView(ApiView):
    """A call of the back office: for operators, unless `for_owners` names its method."""

    for_owners: ClassVar[frozenset[str]] = frozenset()
    refusals = (*ApiView.refusals, NotAuthenticated, OperatorRequired)

    actor: Actor

    def admit(self, request: Request) -> None:
        self.caller = Caller.of(request)
        self.actor = self.caller.in_back_office()  # no scope lets an API key or a till in
        if self.is_operator:
            self.until_answered.enter_context(scope.everything("an operator sees every merchant"))
        elif _method(request) in self.for_owners:
            self.until_answered.enter_context(scope.merchants(self.caller.owned_merchants()))
        else:
            raise OperatorRequired()

    @property
    def is_operator(self) -> bool:
        return self.actor.is_operator


def answer(status: int, body: Mapping[str, Any] | list[Any]) -> Answer:
    """What a caller gets, in the words of `groundwork.idempotency.once`."""
    return Answer(status=status, body=body)


def _method(request: Request) -> str:
    """The method whose rules count: HEAD is a GET without its body."""
    return "GET" if request.method == "HEAD" else str(request.method)
