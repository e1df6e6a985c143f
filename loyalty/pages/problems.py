"""What a problem of the API means: the page behind the `type` of every refusal, /problems/<code>."""

from collections.abc import Iterator
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from groundwork.errors import DomainError

TO_BE_TRIED_AGAIN = frozenset({429, 503})


def _kinds(of: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """For anyone. Raises Http404 for a code that no refusal has."""
    kind = next((kind for kind in _kinds() if kind.code == code), None)
    if kind is None:
        raise Http404
    about = {
        "kind": kind,
        "phrase": HTTPStatus(kind.status).phrase,
        "is_ours": kind.status >= 500,
        "may_be_repeated": kind.status in TO_BE_TRIED_AGAIN,
    }
    return render(request, "pages/problem.html", about)
