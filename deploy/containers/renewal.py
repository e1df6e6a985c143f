"""An update as compose does it, while a till stamps: web begins anew, and then the proxy, which waits for it.

The till sends one stamp by one key, again and again. It is given once, and who is not answered by the site is told by
the proxy when to come again.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from deploy.containers.deployment import PATIENCE_SECONDS, Deployment, DeploymentError
from deploy.containers.first_day import Till, enrolled

EVERY_SECONDS = 0.5
CUSTOMER = "ben@example.com"  # not whose card was stamped a moment ago, which would be refused
HTTP_CREATED, HTTP_UNAVAILABLE = 201, 503


@dataclass
class Sent:
    """What a till was answered, in its order; None where the proxy itself began anew."""

    answers: list[requests.Response | None] = field(default_factory=list)

    def well_answered(self) -> bool:
        """Whether each answer is the stamp, or says when to come again."""
        return all(
            answer is None
            or _is_stamp(answer)
            or (answer.status_code == HTTP_UNAVAILABLE and bool(answer.headers.get("Retry-After")))
            for answer in self.answers
        )

    def wait(self, deployment: Deployment) -> None:
        """Until what is sent from now on is answered with the stamp. Raises DeploymentError if it never is."""
        sent_before, deadline = len(self.answers), time.monotonic() + PATIENCE_SECONDS
        while not any(_is_stamp(answer) for answer in self.answers[sent_before + 1 :]):
            if time.monotonic() > deadline:
                raise DeploymentError(f"the proxy did not come again:\n{deployment.words('proxy')}")
            time.sleep(EVERY_SECONDS)

    def has(self, status: int) -> bool:
        return any(answer is not None and answer.status_code == status for answer in self.answers)

    def counts(self) -> set[int]:
        """The card's stamps, as the answers that gave it name them."""
        given = (answer for answer in self.answers if answer is not None and _is_stamp(answer))
        return {answer.json()["card"]["stamp_count"] for answer in given}


def _is_stamp(answer: requests.Response | None) -> bool:
    return answer is not None and answer.status_code == HTTP_CREATED


def of(deployment: Deployment, till: Till, place: str) -> dict[str, bool]:
    """Renew web and proxy while a till of a store stamps a new card. Returns what was to be seen."""
    card, key = enrolled(till, place, CUSTOMER), secrets.token_urlsafe(16)
    with stamping(till, card, key) as of_web:
        deployment.podman("restart", deployment.container("web"))
        deployment.wait("web", "service_healthy")
    with stamping(till, card, key) as of_proxy:
        deployment.podman("restart", deployment.container("proxy"))
        of_proxy.wait(deployment)
    counts = of_web.counts() | of_proxy.counts()
    stands = till.call("POST", f"{card}/stamps/", {}, once=key)["card"]["stamp_count"]
    return {
        "while web begins anew, a till is told when to come again": of_web.has(HTTP_UNAVAILABLE)
        and of_web.well_answered()
        and of_proxy.well_answered(),
        "its stamp is given once": counts | {stands} == {1},
    }


@contextmanager
def stamping(till: Till, card: str, key: str) -> Iterator[Sent]:
    """Let a till send a stamp again and again, at least once."""
    sent, over = Sent(), threading.Event()

    def send() -> None:
        while not sent.answers or not over.wait(EVERY_SECONDS):
            try:
                sent.answers.append(till.send("POST", f"{card}/stamps/", {}, once=key))
            except requests.RequestException:
                sent.answers.append(None)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join()
