"""The terminal's scripts go by types that are made of the API's description: what they read is what is sent."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from loyalty.api.reference import document
from loyalty.api.typescript import DECLARATIONS, declarations
from loyalty.pages.terminal.facts import Facts

# Not disk.js: its transactions are the browser's.
SCRIPTS = sorted(set(DECLARATIONS.parent.glob("*.js")) - {DECLARATIONS.parent / "disk.js"})
# What the scripts call an answer, or a part of one -> its schema.
NAMES = {
    "card": "Card",
    "fresh": "Card",
    "customer": "CardHolder",
    "reward": "RewardInReach",
    "transaction": "Transaction",
    "last": "Transaction",
    "posting": "Posted",
    "purchase": "Purchase",
    "program": "Program",
    "facts.program": "Program",
    "facts.store": "Store",
}
TYPES = {
    "Card": "Card",
    "CardReward": "RewardInReach",
    "Posting": "Posted",
    "Purchase": "Purchase",
    "Quote": "Quote",
    "ReturnQuote": "ReturnQuote",
    "Transaction": "Transaction",
}
# A posting is what the server answered, whichever of these it was.
UNIONS = {"Posted": ("Stamped", "Voided", "Enrolled", "PurchaseRecorded", "PurchaseReturned")}
WORDS = "|".join(map(re.escape, NAMES))
READ = re.compile(rf"(?<![\w.\"'-])(?:(?:this|till|inHand|outcome)\.)*({WORDS})((?:\??\.[a-z_]\w*)+)")
TAKEN_FROM_PARAMETER = re.compile(
    rf"@param \{{({'|'.join(TYPES)})\}} (?:(?!\*/).)*?\*/\s*(?:export )?function \w+\(\{{ ([^{{}}]+) \}}",
    re.DOTALL,
)
TAKEN = re.compile(rf"const \{{ ([^{{}}]+) \}} = (?:this\.)?({WORDS});")


def members(name: str) -> Mapping[str, Any]:
    schemas = document()["components"]["schemas"]
    return {
        key: value for one in UNIONS.get(name, (name,)) for key, value in schemas[one]["properties"].items()
    }


def missing(name: str, path: list[str]) -> Iterator[str]:
    """The first member on a path through an answer that is not described, if there is one."""
    for key in path:
        known = members(name)
        if key not in known:
            yield f"{name}.{key}"
            return
        (inner, *_others) = [*known[key].get("oneOf", []), known[key]]
        if "$ref" not in inner:
            return
        name = inner["$ref"].rpartition("/")[2]


def reads(script: str) -> Iterator[tuple[str, list[str]]]:
    for name, path in READ.findall(script):
        yield NAMES[name], path.replace("?", "").strip(".").split(".")
    taken_apart = [(NAMES[name], taken) for taken, name in TAKEN.findall(script)]
    taken_apart += [(TYPES[name], taken) for name, taken in TAKEN_FROM_PARAMETER.findall(script)]
    for name, taken in taken_apart:
        yield from ((name, [re.split(r"[:= ]", one.strip())[0]]) for one in taken.split(","))


def test_the_declarations_are_as_the_document_is() -> None:
    assert DECLARATIONS.read_text() == declarations(document()), "make types"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_reads_off_an_answer_is_described(script: Path) -> None:
    text = script.read_text()

    assert [one for name, path in reads(text) for one in missing(name, path)] == []


def test_the_scripts_are_really_looked_at() -> None:
    found = {f"{name}.{'.'.join(path)}" for script in SCRIPTS for name, path in reads(script.read_text())}

    read_in_chains = {
        "Card.can_stamp.next_stamp_at",
        "Card.owed_from",
        "Program.settings.require_order_reference",
    }
    taken_apart = {"Program.minimum_purchase_cents", "Transaction.reward", "Posted.shortfall"}
    assert read_in_chains | taken_apart <= found
    assert len(found) > 40


def test_the_scripts_know_exactly_the_facts_that_the_page_tells() -> None:
    nouns = (DECLARATIONS.parent / "types.js").read_text()
    facts = nouns.partition("@typedef {object} Facts")[2].partition("@typedef")[0]

    assert re.findall(r"@property \{.+?\} (\w+)", facts) == list(Facts.__annotations__)


def test_each_type_that_the_scripts_take_over_is_declared() -> None:
    nouns = (DECLARATIONS.parent / "types.js").read_text()
    declared = set(re.findall(r"export (?:interface|type) (\w+)", DECLARATIONS.read_text()))

    assert set(re.findall(r"\banswers\.([A-Z]\w+)", nouns)) <= declared
