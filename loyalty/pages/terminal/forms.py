"""The shape of the texts that go to the terminal's scripts."""

from collections.abc import Callable

Forms = dict[str, str]
Texts = dict[str, str | Forms]


def forms(sentence: Callable[[int], str]) -> Forms:
    """A counted text: its form for each plural category that our four languages know."""
    return {"one": sentence(1), "other": sentence(2)}
