"""Refusals that a page did not deal with become a friendly page; the API answers its own way (`errors.py`)."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from loyalty.pages import errors
from tenancy.errors import DomainError

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5


class PageErrorsMiddleware:
    """Answers a `DomainError` with the page of its status, and a database that is away with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return errors.refused(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("the database did not answer", exc_info=exception)
            return errors.page(request, 503, retry_after=RETRY_AFTER_SECONDS)
        return None
