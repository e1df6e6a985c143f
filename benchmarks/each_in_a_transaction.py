"""What row-level security would ask of the web process: no statement outside of a transaction that names the scope."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

from groundwork.database import waits


class EachInATransaction:
    """Let each statement of a request begin a transaction of its own, unless one is open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(waits.each_in_a_transaction):
            return self.get_response(request)
