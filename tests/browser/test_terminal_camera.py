"""The camera, fed with a film of a customer's phone."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser.conftest import ARGUMENTS
from tests.browser.film import film
from tests.browser.till import Till, comes_true

REFUSE_CAMERA = """if (navigator.mediaDevices) {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""
# What the system says of a camera that is gone; its stream ends with it.
PULL_OUT = """() => {
  const [track] = document.querySelector("#camera").srcObject.getTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""
COUNT_FRAMES = """const send = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (...message) {
  const { dataset } = document.documentElement;
  dataset.frames = Number(dataset.frames ?? 0) + 1;
  send.apply(this, message);
};"""


def phone_with(code: str) -> Image.Image:
    """A phone's screen that shows a QR code."""
    picture = io.BytesIO()
    segno.make(code, error="m", boost_error=False).save(picture, kind="png", scale=9, border=4)
    return Image.open(picture)


@pytest.fixture
def filmed(
    playwright: Playwright,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    attentive: Callable[[BrowserContext], None],
    anouk: Any,
    tmp_path: Path,
) -> Iterator[BrowserContext]:
    """A device whose camera sees Anouk's code."""
    seen = film(phone_with(anouk.qr_code_data), tmp_path)
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={seen}"]
    browser = playwright.chromium.launch(**browser_type_launch_args | {"args": arguments})
    context = browser.new_context(**browser_context_args)
    attentive(context)
    yield context
    browser.close()


def test_the_camera_reads_a_code_and_ignores_it_while_it_stays_in_view(filmed, shop, anouk):
    filmed.add_init_script(COUNT_FRAMES)
    till = Till(filmed).sign_in(shop.staff).open(shop.store).unlock()

    till.shows("card")
    expect(till.text("#customer-name")).to_have_text("Anouk Weber")
    till.press("Done").shows("scan")
    till.page.evaluate("document.documentElement.dataset.frames = 0")
    expect(till.text("html")).to_have_attribute("data-frames", re.compile(r"^([3-9]\d|\d{3,})$"))
    till.shows("scan")


def test_a_camera_that_is_pulled_out_says_so_and_can_be_turned_on_again(open_till):
    camera_button = open_till.text("#camera-button")
    comes_true(open_till, "document.querySelector('#camera').videoWidth > 0")

    open_till.page.evaluate(PULL_OUT)

    expect(camera_button).to_be_visible()
    camera_button.click()
    expect(camera_button).to_be_hidden()
    comes_true(open_till, "document.querySelector('#camera').srcObject?.active")


def test_a_device_without_camera_permission_says_what_still_works(context, shop):
    context.add_init_script(REFUSE_CAMERA)
    till = Till(context).sign_in(shop.staff).open(shop.store).unlock().shows("scan")

    expect(till.text("#scan-hint")).to_contain_text("The camera is off.")
    expect(till.page.get_by_role("button", name="Turn the camera on")).to_be_visible()
