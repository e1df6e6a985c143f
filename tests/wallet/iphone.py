"""An iPhone, as far as passes go: it adds one, registers for it, and asks what is new, as Apple says it does."""

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client


@dataclass
class HeldPass:
    """A pass in the wallet, with what the phone remembers of it."""

    content: dict[str, Any]
    last_modified: str
    strings: dict[str, str] = field(default_factory=dict)

    @property
    def serial(self) -> str:
        return self.content["serialNumber"]

    def field(self, key: str) -> dict[str, Any]:
        """A field of the front or back, by its key."""
        card = self.content["storeCard"]
        return next(field for fields in card.values() for field in fields if field["key"] == key)


def opened(data: bytes) -> dict[str, bytes]:
    """The files of a .pkpass."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SERVICE = "/api/v1/wallet/apple/v1"


def registrations(held: HeldPass, device: str = "d3v1c3") -> str:
    """The address where a device registers for a pass."""
    return f"{SERVICE}/devices/{device}/registrations/{held.content['passTypeIdentifier']}/{held.serial}"


def proof(held: HeldPass) -> dict[str, str]:
    """The header by which a phone shows that it holds a pass."""
    return {"Authorization": f"ApplePass {held.content['authenticationToken']}"}


class IPhone:
    """One device. It follows no redirect, keeps no cookie, and knows a pass only by what stands in it."""

    def __init__(self, device: str = "d3v1c3", push_token: str = "aa01") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.device = device
        self.push_token = push_token
        self.passes: dict[str, HeldPass] = {}
        self.tag: str | None = None

    def add(self, address: str, *, and_register: bool = True) -> HeldPass:
        """Download a pass from a page and keep it."""
        response = self.client.get(address)
        assert response.status_code == 200, response.status_code
        assert response["Content-Type"] == "application/vnd.apple.pkpass"
        held = self._keep(response)
        if and_register and "webServiceURL" in held.content:
            assert self.register(held).status_code == 201
        return held

    def _keep(self, response: Any) -> HeldPass:
        content = json.loads(opened(response.content)["pass.json"])
        held = HeldPass(content, response["Last-Modified"])
        self.passes[held.serial] = held
        return held

    def register(self, held: HeldPass, **more: Any) -> Any:
        """Ask to hear of a pass's changes."""
        return self.client.post(
            self._registrations(held),
            json.dumps({"pushToken": self.push_token}),
            content_type="application/json",
            headers=proof(held),
            **more,
        )

    def remove(self, held: HeldPass) -> Any:
        """Throw a pass away."""
        del self.passes[held.serial]
        return self.client.delete(self._registrations(held), headers=proof(held))

    def ask_what_is_new(self) -> list[str]:
        """What the phone does on a push: the serial numbers that changed since it last asked."""
        held = next(iter(self.passes.values()))
        query = "?" + urlencode({"passesUpdatedSince": self.tag}) if self.tag else ""
        kind = held.content["passTypeIdentifier"]
        response = self.client.get(
            f"{self._service(held)}/v1/devices/{self.device}/registrations/{kind}{query}"
        )
        if response.status_code == 204:
            return []
        assert response.status_code == 200, response.status_code
        answer = response.json()
        self.tag = answer["lastUpdated"]
        return answer["serialNumbers"]

    def fetch(self, held: HeldPass) -> Any:
        """Ask for the newest version of a pass."""
        response = self.client.get(
            f"{self._service(held)}/v1/passes/{held.content['passTypeIdentifier']}/{held.serial}",
            headers=proof(held) | {"If-Modified-Since": held.last_modified},
        )
        if response.status_code == 200:
            self._keep(response)
        return response

    def wake_up(self) -> list[str]:
        """What a push makes it do: ask what is new and fetch it. Returns the serial numbers that were."""
        serials = self.ask_what_is_new()
        for serial in serials:
            assert self.fetch(self.passes[serial]).status_code in (200, 304)
        return serials

    def _service(self, held: HeldPass) -> str:
        return urlsplit(held.content["webServiceURL"]).path

    def _registrations(self, held: HeldPass) -> str:
        kind = held.content["passTypeIdentifier"]
        return f"{self._service(held)}/v1/devices/{self.device}/registrations/{kind}/{held.serial}"
