"""The OpenAPI document: each call says what it takes, what it answers and what it may be refused with.

    @documented("Give stamps", scope=Scope.EARN, body=GiveStampsInput, answers={201: Stamped}, refusals=[...])
    def post(self, request, card_id): ...

Refusals are the very error classes; the document lists their codes under their status.
"""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, get_args

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.serializers import Serializer

from groundwork.errors import (
    DomainError,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    Invalid,
    RateLimited,
)
from loyalty.api import examples
from loyalty.api.described import field_of, serializer_of
from loyalty.api.errors import BodyTooLarge, CsrfFailed, LengthRequired, Problem, UnsupportedMediaType
from loyalty.api.pagination import Page
from tenancy.errors import ScopeMissing
from tenancy.models import Scope

PROBLEM = "application/problem+json"
STAFF_TOKEN = OpenApiParameter(
    "X-Staff-Token",
    str,
    OpenApiParameter.HEADER,
    description="From `unlock`; needed where the program requires a PIN.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]{1,128}$"},
    OpenApiParameter.HEADER,
    description="Makes the call safe to repeat; required for API keys.",
)
PAGING = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1}, description="From 1."),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1}, description="50, at most 100."),
]
REPLAYED = {
    "Idempotency-Replayed": {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "Present if this is the first answer again.",
    }
}


def _header(name: str) -> dict[str, Any]:
    """A header that many answers have, described once (SPECTACULAR_SETTINGS)."""
    return {name: {"$ref": f"#/components/headers/{name}"}}


RETRY_AFTER, REQUEST_ID = _header("Retry-After"), _header("X-Request-Id")
LIMITED = _header("RateLimit") | _header("RateLimit-Policy")
Refusals = Iterable[type[DomainError]]


def documented(
    summary: str,
    *,
    scope: Scope | tuple[Scope, ...] | None,
    answers: Mapping[int, Any],
    body: type[Serializer] | None = None,
    query: type[Serializer] | None = None,
    refusals: Refusals = (),
    staff_token: bool = False,
    exactly_once: bool = False,
    paged: bool = False,
    tags: Iterable[str] = (),
) -> Callable[[Callable], Callable]:
    """Describe a method of a view.

    Parameters: scope - what an API key needs for it, one of several will do; None where no key or anybody can call;
    answers - status -> the type of the answer (None: no body); exactly_once - takes an Idempotency-Key;
    paged - the answer is pages of that type.
    """
    parameters: list[Any] = [query] if query else []
    parameters += PAGING if paged else []
    parameters += [IDEMPOTENCY_KEY] if exactly_once else []
    parameters += [STAFF_TOKEN] if staff_token else []
    said = list(refusals)
    said += [IdempotencyKeyRequired, IdempotencyKeyReused] if exactly_once else []
    said += [Invalid] if body or query or paged or exactly_once else []
    said += [UnsupportedMediaType, BodyTooLarge, LengthRequired] if body else []
    responses = {status: _described(output, paged=paged) for status, output in answers.items()}

    def describe(method: Callable) -> Callable:
        described: Any = extend_schema(
            summary=summary,
            request=body,
            responses=responses,
            parameters=parameters,
            tags=list(tags) or None,
        )(method)
        described.scopes = (scope,) if isinstance(scope, Scope) else scope or ()
        described.refusals = said
        described.exactly_once = exactly_once
        return described

    return describe


def _described(output: Any, *, paged: bool) -> Any:
    """An answer in drf-spectacular's words; a union is one of its types."""
    if isinstance(output, UnionType):
        kinds = get_args(output)
        return PolymorphicProxySerializer(
            component_name="Or".join(kind.__name__ for kind in kinds),
            serializers=[serializer_of(kind) for kind in kinds],
            resource_type_field_name=None,
        )
    if output is None or (isinstance(output, type) and issubclass(output, Serializer)):
        return output
    return serializer_of(Page[output]) if paged else field_of(output)


class ApiSchema(AutoSchema):
    """Adds to every operation what it may be refused with."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        view: Any = self.view
        method = getattr(view, self.method.lower())
        refusals = [*view.refusals_of(self.method), *getattr(method, "refusals", [])]
        if self.method != "GET" and self.get_auth():
            refusals.append(CsrfFailed)
        if self.method in view.leaving:
            operation["deprecated"] = True
        if scopes := view.scopes_of(self.method):
            refusals.append(ScopeMissing)
            operation["x-scopes"] = [scope.value for scope in scopes]
        responses = operation["responses"] | self._problems(refusals)
        operation["responses"] = {status: responses[status] for status in sorted(responses)}
        headers = REQUEST_ID | (LIMITED if RateLimited in refusals else {})
        for status, response in responses.items():
            is_repeatable = getattr(method, "exactly_once", False) and status.startswith("2")
            response["headers"] = response.get("headers", {}) | headers | (REPLAYED if is_repeatable else {})
        examples.add(operation, type(view).__module__.partition(".")[0])
        return operation

    def get_operation_id(self) -> str:
        """ "stores.cards.stamps.create" becomes what the view and the method are called."""
        return f"{type(self.view).__name__}_{self.method.lower()}"

    def get_serializer_name(self, serializer: Serializer, direction: Any) -> str:
        """A body is documented under its input's name: `GiveStampsInput` as GiveStampsRequest."""
        return super().get_serializer_name(serializer, direction).removesuffix("Input")

    def get_description(self) -> str:  # type: ignore[override]
        said = inspect.getdoc(getattr(self.view, self.method.lower())) or ""
        scopes = " or ".join(f"`{scope.value}`" for scope in self.view.scopes_of(self.method))  # type: ignore[attr-defined]
        return "\n\n".join(filter(None, [said, scopes and f"An API key needs the scope {scopes}."]))

    def _problems(self, refusals: Refusals) -> dict[str, Any]:
        by_status: dict[int, dict[str, type[DomainError]]] = defaultdict(dict)
        for refusal in refusals:
            by_status[refusal.status][refusal.code] = refusal
        component = self.resolve_serializer(serializer_of(Problem), "response")
        schema = component.ref if component else {}
        return {
            str(status): {
                "description": "\n".join(_line(refusal) for refusal in refused.values()),
                "content": {PROBLEM: {"schema": schema, "examples": self._examples(refused.values())}},
            }
            | ({"headers": RETRY_AFTER} if status in (429, 503) else {})
            for status, refused in by_status.items()
        }

    def _examples(self, refused: Refusals) -> dict[str, Any]:
        """An example of each refusal, by its code; kept once for all calls."""
        found = {}
        for refusal in refused:
            value = {"summary": str(refusal.message), "value": examples.of_problem(refusal)}
            component = ResolvedComponent(refusal.code, ResolvedComponent.EXAMPLE, value, refusal.code)
            self.registry.register_on_missing(component)
            found[refusal.code] = component.ref
        return found


def _line(refusal: type[DomainError]) -> str:
    more = (refusal.__doc__ or "").strip() if refusal.__doc__ and "`" in refusal.__doc__ else ""
    return f"- `{refusal.code}`: {refusal.message}" + (f" ({more})" if more else "")
