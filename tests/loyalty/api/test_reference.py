"""The API described: an OpenAPI document of every call, and a page to read it."""

import re

import pytest
import yaml
from django.test import Client

from loyalty.api.reference import document
from loyalty.api.urls import urlpatterns
from webhooks.api.urls import urlpatterns as of_webhooks

pytestmark = pytest.mark.django_db


def test_the_document_is_json_unless_yaml_is_asked_for(client: Client) -> None:
    response = client.get("/api/v1/schema/")
    assert response["Content-Type"].startswith("application/json")
    as_json = response.json()
    assert as_json["openapi"].startswith("3.")
    response = client.get("/api/v1/schema/", headers={"Accept": "application/yaml"})
    assert yaml.safe_load(response.content)["paths"].keys() == as_json["paths"].keys()


def test_every_call_is_described() -> None:
    described = {
        (re.sub(r"\{\w+\}", "{}", path), method)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    there = {
        (re.sub(r"<\w+:\w+>", "{}", f"/api/v1/{address.pattern}"), method)
        for address in (*urlpatterns, *of_webhooks)
        if address.name not in ("api-schema", "api-docs")
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(address.callback.cls, method)
    }
    assert described == there


def test_every_call_says_what_it_may_be_refused_with() -> None:
    for path, methods in document()["paths"].items():
        for method, call in methods.items():
            answers = call["responses"]
            assert {"406", "503"} <= answers.keys(), (method, path)
            for status, answer in answers.items():
                kinds = set(answer.get("content", {}))
                assert kinds <= ({"application/problem+json"} if int(status) >= 400 else {"application/json"})
            if "/public/" not in path:
                assert call["security"] == [{"apiKey": []}, {"till": []}, {"session": []}]
                assert "401" in answers


def test_calls_of_the_till_can_be_repeated_but_for_typing_a_pin() -> None:
    asking = ("/staff/{pin_id}/unlock/", "/quote/")  # a quote writes nothing
    for path, methods in document()["paths"].items():
        if path.startswith("/api/v1/stores/") and "post" in methods:
            given = methods["post"].get("parameters", [])
            headers = {one["name"] for one in given if one["in"] == "header"}
            assert ("Idempotency-Key" in headers) == (not path.endswith(asking)), path


def test_bodies_are_named_for_what_they_ask_and_answers_for_what_they_are() -> None:
    names = set(document()["components"]["schemas"])
    assert {
        "GiveStampsRequest",
        "StaffEnrollmentRequest",
        "PatchedChangedPinRequest",
        "RewardEntryRequest",
    } <= names
    assert {"Stamped", "Card", "CardPage", "RestoredCardRow", "StoreStatistics", "Problem"} <= names
    assert [name for name in names if "Input" in name or "Serializer" in name] == []


def test_parameters_of_the_document_change_nothing(client: Client) -> None:
    for query in ("lang=xx", "lang=%00", "version=%0d%0aX: y", "format=json", "format=nothing"):
        assert client.get(f"/api/v1/schema/?{query}").status_code in (200, 404), query


def test_the_reference_has_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/api/v1/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    assert "<style" not in page
    assert "http" not in page
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 2
    assert all("src=" in attributes and not text for attributes, text in scripts)
    assert "'unsafe" not in response["Content-Security-Policy"]
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema/" in script.content
