"""Refusals that a page did not deal with become a friendly page; the API answers its own way (`errors.py`)."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from groundwork.errors import DomainError
from loyalty.pages import errors
from loyalty_site.errors import RETRY_AFTER_SECONDS, is_api, is_database_away, problem, refusal_of

logger = logging.getLogger(__name__)


class PageErrorsMiddleware:
    """Answers a `DomainError` with the page of its status, and a database that is away with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_api(request):
            refusal = refusal_of(exception)
            return problem(refusal) if refusal else None
        if isinstance(exception, DomainError):
            return errors.refused(request, exception)
        if is_database_away(exception):
            logger.error("the database did not answer", exc_info=exception)
            return errors.page(request, 503, retry_after=RETRY_AFTER_SECONDS)
        return None
