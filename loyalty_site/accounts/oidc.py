"""To the platform's own identity provider and back (`tenancy.identity`)."""

import logging

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe
from requests import RequestException

from groundwork.web import client, rate_limits
from loyalty.pages.access import private
from tenancy.identity import AWAY, Provider, not_in

logger = logging.getLogger(__name__)


@require_safe
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, which is asked where that is. Of what the address says only where to go afterwards counts."""
    rate_limits.check("identity_provider", client.network(request))
    asked = QueryDict(mutable=True)
    if back := get_next_redirect_url(request):
        asked["next"] = back
    request.GET = asked  # type: ignore[assignment]
    return _answered(OAuth2LoginView, request, provider_id)


@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _answered(OAuth2CallbackView, request, provider_id)


def _answered(view: type, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Provider(request, provider_id))(request)  # type: ignore[attr-defined]
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except RequestException as error:
        logger.warning("the identity provider does not answer", exc_info=error)
        answer = not_in(request, AWAY, get_next_redirect_url(request))
    return private(answer)
