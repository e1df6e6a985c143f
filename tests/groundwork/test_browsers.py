"""Browsers by the names that their owners know."""

import pytest
from django.utils.translation import override

from groundwork.web import browsers

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    f"Mozilla/5.0 (Linux; Android 14; SM-X200) {KIT} Chrome/126.0.0.0 Safari/537.36": "Chrome on Android",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/126.0 Safari/537.36 Edg/126.0": "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Safari/604.1": "Chrome on iPad",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox on Mac",
    "curl/8.5.0": "Unknown browser",
    "": "Unknown browser",
    "Something on Linux": "Linux",
}


@pytest.mark.parametrize(("agent", "words"), AGENTS.items(), ids=AGENTS.values())
def test_a_browser_is_called_what_its_owner_calls_it(agent: str, words: str) -> None:
    assert browsers.in_words(agent) == words


def test_in_the_readers_language() -> None:
    with override("de"):
        assert browsers.in_words(next(iter(AGENTS))) == "Chrome auf Android"
