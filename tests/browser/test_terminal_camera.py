"""The camera, fed with a film of a customer's phone."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser.conftest import ARGUMENTS
from tests.browser.till import Till

WIDTH, HEIGHT = 1280, 720
REFUSE_CAMERA = """if (navigator.mediaDevices) {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""


def film(code: str, folder: Path) -> Path:
    """A short film, played over and over: the QR code, tilted a little, in the middle of a grey picture."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (96, 92, 88))
    symbol = folder / "code.png"
    segno.make(code, error="m", boost_error=False).save(symbol, scale=9, border=4)
    phone = Image.open(symbol).convert("RGB").rotate(6, expand=True, fillcolor=(96, 92, 88))
    picture.paste(phone, ((WIDTH - phone.width) // 2, (HEIGHT - phone.height) // 2))
    still = folder / "still.png"
    picture.save(still)
    made = folder / "film.mjpeg"
    command = ["ffmpeg", "-loglevel", "error", "-y", "-loop", "1", "-i", str(still), "-t", "1", "-r", "10"]
    subprocess.run([*command, "-pix_fmt", "yuvj420p", "-q:v", "4", str(made)], check=True)
    return made


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
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={film(anouk.qr_code_data, tmp_path)}"]
    browser = playwright.chromium.launch(**browser_type_launch_args | {"args": arguments})
    context = browser.new_context(**browser_context_args)
    attentive(context)
    yield context
    browser.close()


def test_the_camera_reads_a_code_and_ignores_it_while_it_stays_in_view(filmed, shop, anouk):
    till = Till(filmed).sign_in(shop.staff).open(shop.store).unlock()

    till.shows("card")
    expect(till.text("#customer-name")).to_have_text("Anouk Weber")
    till.press("Done").shows("scan")
    till.page.wait_for_timeout(3_000)
    till.shows("scan")


def test_a_device_without_camera_permission_says_what_still_works(context, shop):
    context.add_init_script(REFUSE_CAMERA)
    till = Till(context).sign_in(shop.staff).open(shop.store).unlock().shows("scan")

    expect(till.text("#scan-hint")).to_contain_text("The camera is off.")
    expect(till.page.get_by_role("button", name="Turn the camera on")).to_be_visible()
