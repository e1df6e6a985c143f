"""Getting a card without any account."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import RateLimited
from groundwork.web import client
from loyalty.api.documentation import documented
from loyalty.api.fields import Email, Flag, Text
from loyalty.api.inputs import LONGEST_NAME, PersonInput
from loyalty.api.public.base import TAGS, PublicStoreView
from loyalty.errors import ProgramInactive, ProgramNotFound, SelfEnrollmentDisabled
from loyalty.outputs.enrollment import KnownAlready, SelfEnrolled, self_enrolled
from loyalty.services import enrollment
from tenancy.actor import Actor


class SelfEnrollmentInput(PersonInput):
    email = Email(required=False, allow_null=True, allow_blank=True)
    name = Text(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_NAME)
    brought_by = Text(required=False, allow_blank=True, max_length=40)
    accept_terms = Flag()

    def validate_accept_terms(self, accepted: bool) -> bool:
        if not accepted:
            raise serializers.ValidationError(_("A card needs your consent to the terms."), code="required")
        return accepted


class PublicEnrollment(PublicStoreView):
    """Somebody gets a card."""

    @documented(
        "Get a card",
        scope=None,
        body=SelfEnrollmentInput,
        answers={201: SelfEnrolled, 200: KnownAlready},
        refusals=[ProgramNotFound, ProgramInactive, SelfEnrollmentDisabled, RateLimited],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Who has a card learns only where it works; the rest is sent to the address that is known.

        `brought_by` is the code of a friend's invitation (`by` in its address); one that is none is passed over.
        Nothing need be told: whoever gives neither `email` nor `phone` keeps `card_url`, the only way to their card.
        """
        self.limit("public_enroll", f"{self.store.pk}:{client.network(request._request)}")
        person = self.read(SelfEnrollmentInput)
        person.pop("accept_terms")
        person.setdefault("language", spoken_language())
        address = client.address(request._request) or None
        actor = Actor(ip_address=address, user_agent=client.agent(request._request))
        result = enrollment.enroll(store=self.store, actor=actor, self_service=True, **person)
        return Response(self_enrolled(result), status=200 if result.already_enrolled else 201)


def spoken_language() -> str:
    """The language of this answer, as one of the site's."""
    code = translation.get_language() or ""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
