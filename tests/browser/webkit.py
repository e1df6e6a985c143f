"""The engine of Safari in front of the site, as Debian has it: WebKitGTK, led by the W3C's WebDriver protocol.

    with webkit(base_url) as page:
        page.open("/login/").type("input[name=username]", "lea@example.com").click("main button")

It needs WebKitGTK's driver and a display: `apt-get install webkit2gtk-driver xvfb`.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from loyalty_site.servers.supervise import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how the protocol marks one
PATIENCE_SECONDS = 30
BROWSER = next(iter(glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")), None)
IS_HERE = bool(BROWSER and shutil.which("WebKitWebDriver") and shutil.which("Xvfb"))

AT_REST = """const place = () => JSON.stringify(document.querySelector(arguments[0])?.getBoundingClientRect());
let before = "";
for (let looks = 0; looks < 40 && before !== place(); looks++) {
  before = place();
  await new Promise((done) => setTimeout(done, 100));
}"""


class WebKitPage:
    """One window. What is asked for is waited for."""

    def __init__(self, base_url: str, driver: str) -> None:
        self.base_url = base_url
        self.driver = driver
        options = {"binary": BROWSER, "args": ["--automation"]}
        wanted = {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = f"/session/{made['sessionId']}"

    def open(self, path: str) -> "WebKitPage":
        self._ask("POST", f"{self.session}/url", {"url": self.base_url + path})
        return self

    def run(self, script: str, *given: Any) -> Any:
        """The value of a function's body; a promise is waited for, and what it throws is the answer in words."""
        work = f"(async function () {{ {script} }}).apply(null, arguments)"
        body = (
            f"const done = arguments[arguments.length - 1]; {work}.then(done, (error) => done(String(error)))"
        )
        return self._ask("POST", f"{self.session}/execute/async", {"script": body, "args": list(given)})

    def shows(self, expression: str) -> "WebKitPage":
        """Wait until an expression is true on the page."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._is_true(expression):
            if time.monotonic() > until:
                raise AssertionError(f"{expression}: {self.text('body')}")
            time.sleep(0.1)
        return self

    def _is_true(self, expression: str) -> bool:
        try:
            return self.run(f"return Boolean({expression})") is True
        except HTTPError:
            return False  # the page is being loaded anew

    def text(self, selector: str) -> str:
        words: str = self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        return words

    def click(self, selector: str) -> "WebKitPage":
        found = self._find(selector)
        self.run(AT_REST, selector)  # a press on what is still moving lands beside it
        self._ask("POST", f"{found}/click", {})
        return self

    def type(self, selector: str, text: str) -> "WebKitPage":
        self._ask("POST", f"{self._find(selector)}/value", {"text": text})
        return self

    def close(self) -> None:
        self._ask("DELETE", self.session)

    def _find(self, selector: str) -> str:
        self.shows(f"document.querySelector({json.dumps(selector)})?.checkVisibility?.() ?? false")
        found = self._ask("POST", f"{self.session}/element", {"using": "css selector", "value": selector})
        return f"{self.session}/element/{found[ELEMENT]}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.driver + path, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]


@contextmanager
def webkit(base_url: str) -> Iterator[WebKitPage]:
    """A fresh WebKit, without anything that one before it has kept."""
    reading, writing = os.pipe()
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    port = free_port()
    driver = subprocess.Popen(
        ["WebKitWebDriver", f"--port={port}"],
        env=os.environ | {"DISPLAY": f":{number}", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        page = WebKitPage(base_url, address)
        yield page
        page.close()
    finally:
        for process in (driver, display):
            process.terminate()
            process.wait()


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urlopen(f"{address}/status", timeout=5).close()
        except (URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
