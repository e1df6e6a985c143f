"""The start page, and the pages for what goes wrong."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from loyalty.errors import SelfEnrollmentDisabled
from loyalty.pages import errors
from loyalty_site.page_errors import PageErrorsMiddleware
from tests.loyalty.pages.reading import words


@pytest.mark.django_db
def test_the_start_page_shows_the_way_in_for_everybody(client):
    response = client.get("/")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="/login/"' in page
    assert 'href="/admin/"' in page
    assert "Scan the code on the counter" in words(response)


@pytest.mark.django_db
def test_the_product_is_named_by_a_setting(client, settings):
    settings.SITE_NAME = "Houmei"

    assert "<title>Houmei – loyalty cards for shops</title>" in client.get("/").content.decode()


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_a_friendly_404(client):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "There is nothing here" in words(response)


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_every_error_has_a_page_that_asks_the_database_nothing(status):
    response = errors.page(RequestFactory().get("/"), status, retry_after=7)

    assert response.status_code == status
    assert response["Retry-After"] == "7"
    assert "<h1>" in response.content.decode()


def test_a_refusal_becomes_the_page_of_its_status():
    middleware = PageErrorsMiddleware(lambda request: None)

    response = middleware.process_exception(RequestFactory().get("/"), SelfEnrollmentDisabled())

    assert response.status_code == 403
    assert "Please ask for a card at the counter." in words(response)


def test_a_database_that_is_away_is_said_at_once_and_other_faults_are_left_alone():
    middleware = PageErrorsMiddleware(lambda request: None)
    request = RequestFactory().get("/")

    assert middleware.process_exception(request, OperationalError()).status_code == 503
    assert middleware.process_exception(request, ValueError()) is None
