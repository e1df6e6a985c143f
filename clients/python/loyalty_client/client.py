"""Sends calls: with a key of their own, within a time, and again where it is not known what became of them."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener
from uuid import uuid4

from loyalty_client.calls import Calls
from loyalty_client.errors import Problem, UnknownProblem, Unreachable
from loyalty_client.problems import BY_CODE

AGAIN = frozenset({429, 502, 503, 504})


class _NoRedirect(HTTPRedirectHandler):
    """The API sends nobody elsewhere, and a key goes nowhere else."""

    def redirect_request(self, *args: Any) -> None:
        return None


@dataclass
class Client(Calls):
    """The API of one site, called with an API key.

    Parameters: timeout - seconds that one attempt may take; attempts - how often a call is sent at most; pause -
    seconds before the second attempt, doubled each time; patience - the longest pause: what asks for more is raised.
    """

    base_url: str
    api_key: str
    language: str = "en"
    timeout: float = 10.0
    attempts: int = 4
    pause: float = 0.5
    patience: float = 20.0
    sleep: Callable[[float], None] = time.sleep
    _opener: OpenerDirector = field(default_factory=lambda: build_opener(_NoRedirect), repr=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        is_once: bool = False,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> Any:
        """Send a call, again if need be, and answer with what the API said.

        A call that writes gets a key, the same at each attempt: it is done once. One that takes no key, and writes, is
        sent once. Raises Problem where it is refused, Unreachable where nothing was heard.
        """
        key = (idempotency_key or str(uuid4())) if is_once else None
        request = self._request(method, path, query, body, key, staff_token)
        attempts = self.attempts if is_once or method == "GET" else 1
        for attempt in range(1, attempts + 1):
            pause = self.pause * 2 ** (attempt - 1)
            try:
                return self._sent(request)
            except HTTPError as answer:
                problem = _problem(answer)
                wait = problem.retry_after if problem.retry_after is not None else pause
                if answer.code not in AGAIN or attempt == attempts or wait > self.patience:
                    raise problem from None
            except (OSError, HTTPException, ValueError) as error:
                if attempt == attempts:
                    raise Unreachable(str(error), key) from error
                wait = pause
            self.sleep(min(wait, self.patience))
        raise AssertionError("the last attempt answers or raises")

    def each(self, call: Callable[..., Any], *args: Any, **named: Any) -> Iterator[Any]:
        """All rows of a list, page by page: `client.each(client.cards, "mirabel-gare", search="anna")`."""
        page = 1
        while True:
            answer = call(*args, page=page, **named)
            yield from answer["results"]
            if answer["next"] is None:
                return
            page += 1

    def events_after(self, cursor: str = "", **named: Any) -> Iterator[tuple[str, Any]]:
        """Every event behind a cursor, each with the cursor of its page: keep it once its page is done."""
        while True:
            feed = self.events(after=cursor or None, **named)
            cursor = feed["next_cursor"]
            yield from ((cursor, event) for event in feed["events"])
            if not feed["has_more"]:
                return

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        key: str | None,
        token: str | None,
    ) -> Request:
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Accept": "application/json",
            "Accept-Language": self.language,
            "Content-Type": "application/json",
        }
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"X-Staff-Token": token} if token else {}
        address = self.base_url.rstrip("/") + quote(path) + (f"?{urlencode(given)}" if given else "")
        data = b"" if body is None else json.dumps(body).encode()
        return Request(address, data if method != "GET" else None, headers, method=method)

    def _sent(self, request: Request) -> Any:
        with self._opener.open(request, timeout=self.timeout) as answer:
            content = answer.read()
        return json.loads(content) if content else None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problem(answer: HTTPError) -> Problem:
    """A refusal by its code; whatever else stands in the way is an UnknownProblem."""
    try:
        members = json.loads(answer.read())
    except (OSError, HTTPException, ValueError):
        members = {}
    if not isinstance(members, dict):
        members = {}
    kind = BY_CODE.get(str(members.get("code")))
    return kind(members) if kind else UnknownProblem({"detail": str(answer), **members}, answer.code)
