"""What anybody may call: a store's program, and getting a card. No sign-in, no CSRF, no key."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponseBase
from django.utils import translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import RateLimited
from groundwork.web import client, rate_limits
from loyalty import selectors
from loyalty.api import requests, shapes
from loyalty.api.base import ApiView
from loyalty.api.documentation import documented
from loyalty.errors import ProgramInactive, ProgramNotFound, SelfEnrollmentDisabled
from loyalty.outputs import card as shown
from loyalty.outputs.program import public_program
from loyalty.services import enrollment
from tenancy import scope
from tenancy.actor import Actor
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


class PublicProgram(PublicStoreView):
    """What the enrolment page shows."""

    @documented(
        "A store's program", answers={200: shapes.PublicProgram}, refusals=[ProgramNotFound], tags=TAGS
    )
    def get(self, request: Request) -> Response:
        program = selectors.program_of(self.store.merchant_id)
        if not program.is_active:
            raise ProgramNotFound()
        return Response(public_program(program, self.store))


class PublicEnrollment(PublicStoreView):
    """Somebody gets a card."""

    @documented(
        "Get a card",
        body=requests.SelfEnrollment,
        answers={201: shapes.SelfEnrolled, 200: shapes.KnownAlready},
        refusals=[ProgramNotFound, ProgramInactive, SelfEnrollmentDisabled, RateLimited],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Who has a card learns only where it works; the rest goes to that address by e-mail."""
        address = client.address(request._request)
        rate_limits.check("public_enroll", address)
        person = self.read(requests.SelfEnrollment)
        person.pop("accept_terms")
        person.setdefault("language", spoken_language())
        actor = Actor(ip_address=address or None, user_agent=client.agent(request._request))
        result = enrollment.enroll(store=self.store, actor=actor, self_service=True, **person)
        return Response(shown.self_enrolled(result), status=200 if result.already_enrolled else 201)


def spoken_language() -> str:
    """The language of this answer, as one of the site's."""
    code = translation.get_language() or ""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
