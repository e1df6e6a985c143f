"""In whatever words Google refuses a part: the card goes without it, and whoever runs the site reads those words.

Of Google's own words those about places and permissions have been published, and the two forms of its errors; what it
says of pictures and lengths has not, so that each is tried named, in the details only, by its address, and not at all.
"""

from dataclasses import dataclass

import pytest
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from loyalty_site import metrics
from tests import factories
from tests.wallet.conftest import carried, deliver, google_pass, object_of, page_of, stamped
from tests.wallet.fake_google import GENERAL, FakeGoogle
from tests.wallet.test_google_refusals import PLACES, class_of, design_of, told, with_places
from tests.wallet.test_without_credentials import output_of
from wallet.google.client import words_of
from wallet.models import Platform, WalletChannel


@dataclass(frozen=True)
class Said:
    """What Google says of a part, and where: in its message, or (with a field) in the details only."""

    part: str
    words: str
    field: str = ""

    @property
    def read(self) -> str:
        """What an operator reads of it."""
        return f"HTTP 400 {GENERAL} · {self.field}: {self.words}" if self.field else f"HTTP 400 {self.words}"


OF_CLASSES = [
    Said("merchantLocations", PLACES),
    Said("heroImage", "Image could not be fetched from https://cards.mirabel.example/wallet/{hero}"),
    Said("heroImage", "The image could not be fetched."),
    Said("programLogo", "Could not be fetched.", field="program_logo.source_uri.uri"),
    Said("textModulesData", "Must not be longer than 500 characters.", field="text_modules_data[0].body"),
    Said("linksModuleData", "Not a valid address.", field="linksModuleData.uris[1].uri"),
    Said("hexBackgroundColor", "Invalid value at 'loyalty_class.hex_background_color'"),
    Said(
        "callbackOptions", 'Invalid JSON payload received. Unknown name "callbackOptions": Cannot find field.'
    ),
]

OF_OBJECTS = [
    Said("heroImage", "The image could not be fetched."),
    Said("textModulesData", "Must not be longer than 500 characters.", field="text_modules_data[2].body"),
    Said("textModulesData", "A field is too long."),
    Said("linksModuleData", "Not a valid address.", field="links_module_data.uris[0].uri"),
    Said("messages", "Must not be longer than 100 characters.", field="messages[0].body"),
    Said("accountName", "accountName must not be longer than 20 characters."),
]


@pytest.fixture
def full_shop(shop: factories.Shop) -> factories.Shop:
    """With places, terms and a privacy page, so that its class has all the parts."""
    with_places(shop)
    with factories.inside(shop):
        shop.program.terms_text_en = "Free of charge."
        shop.program.privacy_url = "https://mirabel.example/privacy"
        shop.program.save()
    return shop


@pytest.mark.parametrize("said", OF_CLASSES, ids=lambda said: f"{said.part} {bool(said.field)}")
def test_a_class_goes_without_what_google_refuses_in_whatever_words(
    google: FakeGoogle, full_shop: factories.Shop, said: Said
) -> None:
    card = carried(factories.card(full_shop.store, stamps=2))
    google.refuse(said.part, said.words, field=said.field)
    deliver()
    assert said.part not in class_of(google, full_shop)
    assert design_of(full_shop).left_out == {said.part: said.read}
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 2}
    sentence = f"takes the cards of {full_shop.merchant.name} only without {said.part}: {said.read}"
    assert told() == [f"Google Wallet: {sentence}"]
    assert sentence in output_of("wallet_check")


@pytest.mark.parametrize("said", OF_OBJECTS, ids=lambda said: f"{said.part} {bool(said.field)}")
def test_a_card_goes_without_what_google_refuses_in_whatever_words(
    google: FakeGoogle, full_shop: factories.Shop, said: Said
) -> None:
    card = carried(factories.card(full_shop.store, name="Anouk Weber", stamps=2))
    google.refuse(said.part, said.words, kind="loyaltyObject", field=said.field)
    deliver()
    assert said.part not in object_of(google, card)
    assert google_pass(card).left_out == {said.part: said.read}
    asked = len(google.requests)
    stamped(card, full_shop)
    deliver()
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 3}
    assert len(google.requests) == asked + 1  # it is known, and not tried with every stamp


def test_a_card_that_is_forbidden_is_not_tried_without_each_of_its_parts(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    card = carried(factories.card(shop.store))
    google.refuse("id", "Permission denied.", kind="loyaltyObject", status=403)
    deliver()
    assert [method for method, _id in google.calls()] == ["PATCH"]
    assert google_pass(card).is_lagging


def test_a_refused_program_is_on_the_overview_in_the_figures_and_in_the_check(
    google: FakeGoogle, shop: factories.Shop, client: Client
) -> None:
    words = "Must not be longer than 200 characters."
    google.refuse("programName", words, field="program_name")
    card = carried(factories.card(shop.store))
    assert figure("refused_programs") == 0
    deliver()
    read = f"HTTP 400 {GENERAL} · program_name: {words}"
    assert told() == [f"Google Wallet: refuses the cards of {shop.merchant.name}: {read}"]
    assert figure("refused_programs") == 1
    with pytest.raises(CommandError):
        output_of("wallet_check")
    assert "does not take the card at present" in client.get(page_of(card, "google/")).content.decode()
    google.accept()


def figure(name: str) -> float:
    """A figure of Google's wallet, as Prometheus reads it."""
    families = {family.name: family for family in metrics.Watched().collect()}
    samples = families[f"loyalty_wallet_{name}"].samples
    return next(one.value for one in samples if one.labels == {"wallet": "google"})


def test_figures_tell_what_operators_are_told(google: FakeGoogle, shop: factories.Shop) -> None:
    google.refuse("heroImage", "The image could not be fetched.")
    carried(factories.card(shop.store))
    deliver()
    assert (figure("left_out_programs"), figure("refused_programs"), figure("fault")) == (1, 0, 0)
    seen = {
        "fault": "HTTP 403",
        "examined_at": timezone.now(),
        "findings": [{"code": "rejected", "values": {}}],
    }
    WalletChannel.objects.filter(platform=Platform.GOOGLE).update(**seen)
    assert (figure("fault"), figure("findings")) == (1, 1)
    assert 0 <= figure("examined_age_seconds") < 3600


@pytest.mark.parametrize(
    "body", [{}, {"error": "no"}, {"error": {"errors": "no", "details": ["no", {"x": 1}]}}]
)
def test_an_answer_that_is_no_error_of_googles_says_nothing(body: dict) -> None:
    assert words_of(body) == ""
