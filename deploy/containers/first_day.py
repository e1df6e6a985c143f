"""The first day of a deployment, as docs/deploy.md has it: from the first operator to the first stamp.

Everything goes over HTTPS and through the proxy, by the forms that a browser would send; what is
sent by e-mail is read where it arrives.
"""

import json
import os
import pty
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import requests

from deploy.containers.deployment import Deployment
from tests.accounts.authenticator import code_of

SITE = "https://127.0.0.1"
OPERATOR, OWNER, CUSTOMER = "operator@example.com", "owner@example.com", "anna@example.com"
SECRET = re.compile(r'factor-secret">([A-Z2-7]+)<')
KEY = re.compile(r"\blk_[\w-]{43}")
PIN = "4826"
LETTER_SECONDS = 90
TICKED = ("checkbox", "radio")
UNSENT = ("submit", "file", "button", "image")


class FirstDayError(RuntimeError):
    """Something is not as docs/deploy.md says; the message says what."""


class Forms(HTMLParser):
    """What a browser would send of each form of a page, if nobody changed anything; and which fields each has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.all = [(self.values, self.names)]
        self._select = ""
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, is_off = said.get("name", ""), "disabled" in said
        if tag == "form":
            self.values, self.names = {}, set()
            self.all.append((self.values, self.names))
        self.names.add(name)
        kind, usual = said.get("type"), "on" if said.get("type") in TICKED else ""
        if tag == "input" and name and not is_off and kind not in UNSENT:
            if kind not in TICKED or "checked" in said:
                self.values.setdefault(name, []).append(said.get("value", usual))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in said:
            self.values.setdefault(self._select, []).append(said.get("value", ""))
        elif tag == "textarea" and name:
            self._text = name
            self.values[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def with_fields(self, names: Iterable[str]) -> dict[str, list[str]]:
        """The form that has most of these fields."""
        return max(self.all, key=lambda form: len(form[1] & set(names)))[0]

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text][0] += data


@dataclass
class Person:
    """Somebody with a browser."""

    certificate: Path
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False  # what this machine believes is not asked
        self.session.verify = str(self.certificate)

    def open(self, path: str) -> requests.Response:
        """Open a page. Raises FirstDayError if it is none."""
        return _good(self.session.get(_address(path), timeout=30))

    def send(self, path: str, **changes: str | list[str]) -> requests.Response:
        """Open a page and send its form, with some fields changed; returns what follows."""
        page = self.open(path)
        data = Forms(page.text).with_fields(changes) | changes
        return _good(self.session.post(page.url, data, headers={"Referer": page.url}, timeout=30))


def of(deployment: Deployment, certificate: Path) -> "Lived":
    """Live through it. Raises FirstDayError where it ends before."""
    password = secrets.token_urlsafe(16)
    make_operator(deployment, password)
    operator = Person(certificate)
    led_to = operator.send("/login/", username=OPERATOR, password=password).url
    seen = {"an operator is led to a second factor": "second-factor" in led_to}
    set_up_second_factor(operator)
    operator.send("/admin/tenancy/merchant/add/", name="Bäckerei Alzette", owner_email=OWNER)
    invitation = next(link for link in letter(deployment, OWNER) if "/invitation/" in link)
    seen["a worker has sent the owner's invitation"] = invitation.startswith(f"{SITE}/invitation/")
    owner = Person(certificate)
    owner.send(invitation, first_name="Nora", last_name="Weis", password=secrets.token_urlsafe(16))
    owner.send("/admin/loyalty/loyaltyprogram/add/", stamps_reward_description_en="a coffee", _save="Save")
    owner.send("/admin/loyalty/staffpin/add/", name="Nora", pin=PIN, _save="Save")
    key = KEY.search(owner.send("/admin/tenancy/apikey/add/", name="Till", _save="Save").text)
    if key is None:
        raise FirstDayError("no API key is shown after it was made")
    till = Till(certificate, key[0])
    place, stamps = stamp(till)
    seen["the first stamp is one, however often it is sent"] = stamps == [1, 1]
    seen["a worker has sent the customer's card"] = any(
        "/card" in link for link in letter(deployment, CUSTOMER)
    )
    return Lived(seen, till, place)


def make_operator(deployment: Deployment, password: str) -> None:
    """`docker compose run --rm web python manage.py createsuperuser`, at a keyboard. Raises FirstDayError."""
    command = deployment.compose_command(
        "run", "--rm", "--no-deps", "web", "python", "manage.py", "createsuperuser"
    )
    pid, keyboard = pty.fork()
    if pid == 0:
        os.chdir(deployment.checkout)
        os.execvpe(command[0], command, {**os.environ, **deployment.environment})
    said, answers = "", [OPERATOR, password, password]
    while True:
        try:
            said += os.read(keyboard, 4096).decode(errors="replace")
        except OSError:  # it has ended
            break
        if answers and said.endswith(": "):
            os.write(keyboard, f"{answers.pop(0)}\n".encode())
    _pid, status = os.waitpid(pid, 0)
    if status or "created" not in said:
        raise FirstDayError(f"createsuperuser: {said[-1500:]}")


def set_up_second_factor(person: Person) -> None:
    page = person.open("/account/second-factor/totp/activate/")
    secret = SECRET.search(page.text)
    if secret is None:
        raise FirstDayError("no secret is shown for a second factor")
    sent = Forms(page.text).with_fields(["code"]) | {"code": code_of(secret[1])}
    _good(person.session.post(page.url, sent, headers={"Referer": page.url}, timeout=30))


def letter(deployment: Deployment, address: str) -> list[str]:
    """The links of the first e-mail to somebody, as soon as it has arrived. Raises FirstDayError."""
    deadline = time.monotonic() + LETTER_SECONDS
    while time.monotonic() < deadline:
        for line in deployment.execute("letters", "sh", "-c", "cat /tmp/letters.jsonl || true").splitlines():
            told = json.loads(line)
            if address in told["to"]:
                links: list[str] = told["links"]
                return links
        time.sleep(1)
    raise FirstDayError(f"no e-mail to {address} in {LETTER_SECONDS} s:\n{deployment.words('mail')}")


@dataclass
class Till:
    """A till's own program, with its key; and with what somebody's PIN has opened on it."""

    certificate: Path
    key: str
    token: str = ""

    def call(self, method: str, path: str, said: dict[str, Any] | None = None, once: str = "") -> Any:
        """Make a call of the API, `once` if it has a key; returns what it answers. Raises FirstDayError."""
        return _good(self.send(method, path, said, once)).json()

    def send(
        self, method: str, path: str, said: dict[str, Any] | None = None, once: str = ""
    ) -> requests.Response:
        """Make a call of the API, whatever is answered. Raises what requests raises where nothing is."""
        headers = {
            "Authorization": f"Bearer {self.key}",
            "X-Staff-Token": self.token,
            "Idempotency-Key": once,
        }
        given = {name: value for name, value in headers.items() if value}
        address = f"{SITE}/api/v1/{path}"
        return requests.request(
            method, address, json=said, headers=given, verify=str(self.certificate), timeout=30
        )


@dataclass(frozen=True)
class Lived:
    """What was to be seen of the day, and whether it was; and the till that it leaves, in which store."""

    seen: dict[str, bool]
    till: Till
    place: str


def stamp(till: Till) -> tuple[str, list[int]]:
    """Enrol somebody and stamp their card, twice by one key; returns the store, and the card's stamps after each."""
    (store,) = till.call("GET", "stores/")["results"]
    place = f"stores/{store['store_code']}"
    (person,) = till.call("GET", f"{place}/staff/")
    till.token = till.call("POST", f"{place}/staff/{person['id']}/unlock/", {"pin": PIN})["token"]
    card, key = enrolled(till, place, CUSTOMER), secrets.token_urlsafe(16)
    answers = [till.call("POST", f"{card}/stamps/", {}, once=key) for _twice in range(2)]
    return place, [answer["card"]["stamp_count"] for answer in answers]


def enrolled(till: Till, place: str, email: str) -> str:
    """Give somebody a card; returns its address in the API."""
    customer = {"email": email, "name": "Anna Weber", "create_if_missing": True}
    card = till.call("POST", f"{place}/cards/", customer, once=secrets.token_urlsafe(16))["card"]
    return f"{place}/cards/{card['id']}"


def _address(path: str) -> str:
    return path if path.startswith("https://") else f"{SITE}{path}"


def _good(answer: requests.Response) -> requests.Response:
    if answer.status_code >= 400:
        raise FirstDayError(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}")
    return answer
