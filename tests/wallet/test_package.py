"""The .pkpass itself: what stands in it, and that openssl accepts its signature."""

import hashlib
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from groundwork.formats.colors import Color, contrast
from loyalty.services import cards
from tenancy import scope
from tests import factories
from tests.wallet.conftest import PASS_TYPE, SITE, TEAM, apple_pass, page_of, stamped
from tests.wallet.iphone import IPhone, opened
from wallet import drawing
from wallet.apple.made_up_chain import Chain
from wallet.selectors import look_of


def files_of(client: Client, card: object) -> dict[str, bytes]:
    return opened(client.get(page_of(card)).content)


@pytest.fixture
def files(apple: Chain, shop: factories.Shop, client: Client) -> dict[str, bytes]:
    """The pass of a card with seven stamps and 240 points."""
    return files_of(client, factories.card(shop.store, stamps=7, cents=2400))


def table(files: dict[str, bytes], language: str) -> dict[str, str]:
    """The strings of one language."""
    pairs = re.findall(r'^"(.*)" = "(.*)";$', files[f"{language}.lproj/pass.strings"].decode(), re.MULTILINE)
    return dict(pairs)


def test_openssl_verifies_the_signature_against_the_root(
    files: dict[str, bytes], chain: Chain, tmp_path: Path
) -> None:
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"])
    (tmp_path / "signature").write_bytes(files["signature"])
    (tmp_path / "root.pem").write_bytes(chain.root.pem)
    command = "openssl cms -verify -inform DER -in signature -content manifest.json -binary -CAfile root.pem"
    done = subprocess.run(
        [*command.split(), "-purpose", "any", "-out", "/dev/null"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_changed_manifest_does_not_verify(files: dict[str, bytes], chain: Chain, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"] + b"\n")
    (tmp_path / "signature").write_bytes(files["signature"])
    (tmp_path / "root.pem").write_bytes(chain.root.pem)
    command = "openssl cms -verify -inform DER -in signature -content manifest.json -binary -CAfile root.pem"
    done = subprocess.run([*command.split(), "-purpose", "any"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0


def test_the_signature_holds_signer_intermediate_and_signing_time(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "signature").write_bytes(files["signature"])
    command = "openssl cms -cmsout -print -noout -inform DER -in signature"
    told = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert told.count("serialNumber") >= 3  # two certificates and the signer's
    assert f"Pass Type ID (made up): {PASS_TYPE}" in told
    assert "Made-up WWDR CA" in told
    assert "signingTime" in told
    assert "eContent: <ABSENT>" in told


def test_the_manifest_lists_every_file_with_its_sum(files: dict[str, bytes]) -> None:
    listed = json.loads(files["manifest.json"])
    others = {name: data for name, data in files.items() if name not in ("manifest.json", "signature")}
    assert listed == {name: hashlib.sha1(data).hexdigest() for name, data in others.items()}
    assert set(others) == {
        "pass.json",
        *(f"{name}{scale}.png" for name in ("icon", "logo", "strip") for scale in ("", "@2x", "@3x")),
        *(f"{language}.lproj/pass.strings" for language in ("en", "fr", "de", "lb")),
    }


def test_the_pictures_have_apples_sizes(files: dict[str, bytes], tmp_path: Path) -> None:
    def size(name: str) -> tuple[int, int]:
        path = tmp_path / "picture.png"
        path.write_bytes(files[name])
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            return picture.size

    for suffix, scale in (("", 1), ("@2x", 2), ("@3x", 3)):
        assert size(f"icon{suffix}.png") == (29 * scale, 29 * scale)
        assert size(f"strip{suffix}.png") == (375 * scale, 144 * scale)
        width, height = size(f"logo{suffix}.png")
        assert width <= 160 * scale
        assert height <= 50 * scale


def test_pass_json_is_a_store_card_with_all_that_apple_asks_for(
    apple: Chain, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store, name="Anouk Weber", stamps=7, cents=2400)
    content = json.loads(files_of(client, card)["pass.json"])
    wallet_pass = apple_pass(card)
    fields = content.pop("storeCard")
    assert content == {
        "formatVersion": 1,
        "passTypeIdentifier": PASS_TYPE,
        "teamIdentifier": TEAM,
        "serialNumber": wallet_pass.serial_number,
        "authenticationToken": wallet_pass.auth_token,
        "webServiceURL": f"{SITE}/api/v1/wallet/apple",
        "organizationName": shop.merchant.name,
        "description": f"Loyalty card of {shop.merchant.name}",
        "logoText": "Friends of the house",
        "backgroundColor": "rgb(31, 92, 74)",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(188, 206, 201)",
        "sharingProhibited": True,
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": card.qr_code_data,
                "messageEncoding": "iso-8859-1",
                "altText": card.display_number,
            }
        ],
    }
    assert len(wallet_pass.auth_token) >= 16
    shown = {each["key"]: (each["label"], each["value"]) for group in fields.values() for each in group}
    assert shown["stamps"] == ("Stamps", 7)
    assert shown["points"] == ("Points", 240)
    assert shown["next_reward"] == ("a coffee", "3 to go")
    assert shown["member"] == ("Member", "Anouk Weber")
    assert shown["progress"] == ("Progress", "7 of 10")
    assert shown["points_reward"] == ("Croissant", "260 points to go")
    assert shown["card_page"] == ("Your card online", f"{SITE}/card/{card.access_token}/")
    assert shown["card_number"] == ("Card number", card.display_number)


def test_fields_keep_to_what_a_store_card_can_show(files: dict[str, bytes]) -> None:
    fields = json.loads(files["pass.json"])["storeCard"]
    keys = [each["key"] for group in fields.values() for each in group]
    assert len(keys) == len(set(keys))
    assert len(fields["headerFields"]) <= 3
    assert "primaryFields" not in fields  # the stamps have the strip
    assert len(fields["secondaryFields"] + fields["auxiliaryFields"]) <= 4
    for group in fields.values():
        for each in group:
            assert "%@" in each.get("changeMessage", "%@")


def test_every_text_is_there_in_four_languages(apple: Chain, shop: factories.Shop, client: Client) -> None:
    with factories.inside(shop):
        shop.program.stamps_reward_description_fr = "un café"
        shop.program.stamps_reward_description_de = 'ein "Kaffee"'
        shop.program.save()
    files = files_of(client, factories.card(shop.store, stamps=7))
    english, french = table(files, "en"), table(files, "fr")
    assert set(english) == set(french) == set(table(files, "de")) == set(table(files, "lb"))
    assert english["a coffee"] == "a coffee"
    assert french["a coffee"] == "un café"
    assert table(files, "de")["a coffee"] == r"ein \"Kaffee\""
    for language in ("en", "fr", "de", "lb"):
        for key, text in table(files, language).items():
            assert text.count("%@") == key.count("%@")


def test_no_text_is_translated_that_no_field_shows(files: dict[str, bytes]) -> None:
    shown = json.loads(files["pass.json"])
    texts = {
        shown["description"],
        shown["logoText"],
        *(place["relevantText"] for place in shown.get("locations", [])),
    }
    for fields in shown["storeCard"].values():
        for each in fields:
            texts |= {each.get("label"), each["value"], each.get("changeMessage")}
    assert set(table(files, "en")) - {str(text).replace("\n", r"\n") for text in texts} == set()


def test_dates_carry_their_time_zone(apple: Chain, client: Client, db: None) -> None:
    shop = factories.shop(points_expiration_days=365)
    files = files_of(client, factories.card(shop.store, cents=1000))
    fields = json.loads(files["pass.json"])["storeCard"]["auxiliaryFields"]
    expires = next(each for each in fields if each["key"] == "expires")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", expires["value"])
    assert expires["dateStyle"] == "PKDateStyleMedium"


def test_a_pass_knows_at_most_ten_places(apple: Chain, shop: factories.Shop, client: Client) -> None:
    for number in range(12):
        factories.store(shop.merchant, latitude=49.6 + number / 100, longitude=6.13)
    places = json.loads(files_of(client, factories.card(shop.store))["pass.json"])["locations"]
    assert len(places) == 10
    assert all(set(place) == {"latitude", "longitude", "relevantText"} for place in places)


def test_a_card_for_one_shop_surfaces_only_there(apple: Chain, client: Client, db: None) -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    with factories.inside(shop):
        for store, latitude in ((shop.store, 49.6), (shop.other_store, 49.7)):
            store.latitude, store.longitude = latitude, 6.1
            store.save()
    content = json.loads(files_of(client, factories.card(shop.store))["pass.json"])
    assert [place["latitude"] for place in content["locations"]] == [49.6]


def test_nothing_empty_stands_in_pass_json(files: dict[str, bytes]) -> None:
    def look(value: object) -> None:
        assert value not in (None, "", [], {})
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            look(inner)

    look(json.loads(files["pass.json"]))


@pytest.mark.parametrize("color", ["#1f5c4a", "#f2d43d", "#c2553a", "#777777", "#ffffff", "#000000"])
def test_text_reads_on_any_merchants_colour(apple: Chain, client: Client, db: None, color: str) -> None:
    shop = factories.shop(card_color=color)
    content = json.loads(files_of(client, factories.card(shop.store))["pass.json"])

    def parsed(name: str) -> Color:
        return Color(*map(int, re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", content[name]).groups()))

    ground = parsed("backgroundColor")
    assert contrast(parsed("foregroundColor"), ground) >= 4.5
    assert contrast(parsed("labelColor"), ground) >= 4.5


def test_the_strip_draws_the_stamps_of_this_card(apple: Chain, shop: factories.Shop, client: Client) -> None:
    strips = {
        stamps: files_of(client, factories.card(shop.store, stamps=stamps))["strip.png"]
        for stamps in (0, 3, 4)
    }
    assert len(set(strips.values())) == 3
    assert files_of(client, factories.card(shop.store, stamps=3))["strip.png"] == strips[3]


@pytest.mark.parametrize(("reward", "icon"), [("a flat white", "cup"), ("a loaf of bread", "star")])
def test_stamps_are_those_of_the_card_page(db: None, reward: str, icon: str) -> None:
    shop = factories.shop(stamps_reward_description=reward, card_secondary_color="#fdf2dc")
    with scope.everything("a test looks"):
        look = look_of(shop.program, shop.merchant)
    assert look.stamp == icon
    strips = {
        name: drawing.strip(replace(look, stamp=name), filled=2, target=4, size=(375, 144)).tobytes()
        for name in ("cup", "star")
    }
    assert strips["cup"] != strips["star"]


def test_without_https_a_pass_is_valid_and_does_not_update_itself(
    apple: Chain, shop: factories.Shop, client: Client, settings: object
) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    content = json.loads(files_of(client, factories.card(shop.store))["pass.json"])
    assert "webServiceURL" not in content
    assert "authenticationToken" not in content
    assert content["barcodes"]


def test_serial_and_token_never_change(apple: Chain, shop: factories.Shop) -> None:
    card = factories.card(shop.store)
    first = IPhone().add(page_of(card)).content
    stamped(card, shop, 3)
    second = IPhone("other").add(page_of(card)).content
    assert first["serialNumber"] == second["serialNumber"]
    assert first["authenticationToken"] == second["authenticationToken"]


def test_the_download_is_whole_and_kept_by_nobody(apple: Chain, shop: factories.Shop, client: Client) -> None:
    response = client.get(page_of(factories.card(shop.store)))
    assert response["Content-Type"] == "application/vnd.apple.pkpass"
    assert int(response["Content-Length"]) == len(response.content)
    assert "no-transform" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert response["Last-Modified"].endswith("GMT")


def test_the_page_of_an_unknown_card_is_404(apple: Chain, db: None, client: Client) -> None:
    assert client.get("/card/ABCDEFGHIJKLMNOPQRSTUVWXYZABCD/pass.pkpass").status_code == 404


def test_a_deactivated_card_cannot_be_downloaded(apple: Chain, shop: factories.Shop, client: Client) -> None:
    card = factories.card(shop.store)
    with factories.inside(shop):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    assert client.get(page_of(card)).status_code == 404
