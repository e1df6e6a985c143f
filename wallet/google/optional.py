"""What Google may refuse of a class or an object without the rest being wrong: it is repeated without that part.

Places are refused for an issuer that is not allow-listed for them, a picture that cannot be fetched, a link, a text:
none of them is worth a card that nobody can save. Often Google's words name the part. Where they do not, it is tried
without each part in turn, and then without all of them; but for an object that is forbidden, which is about no part.
"""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field

from wallet.google.client import Answer, GoogleClient
from wallet.google.upsert import Reserve, Wanted, upsert

# Each part with what Google's words about it contain, letters and digits only. What is refused most often first.
PARTS: Mapping[str, str] = {
    "merchantLocations": "merchantlocation",
    "heroImage": "heroimage",
    "linksModuleData": "linksmodule",
    "textModulesData": "textmodule",
    "messages": "messages",
    "callbackOptions": "callback",
    "wideProgramLogo": "wideprogramlogo",
    "programLogo": "programlogo",
    "hexBackgroundColor": "backgroundcolor",
    "secondaryLoyaltyPoints": "secondaryloyaltypoints",
    "localizedProgramName": "localizedprogramname",
    "localizedAccountNameLabel": "localizedaccountnamelabel",
    "localizedAccountIdLabel": "localizedaccountidlabel",
    "accountNameLabel": "accountnamelabel",
    "accountIdLabel": "accountidlabel",
    "multipleDevicesAndHoldersAllowedStatus": "multipledevicesandholders",
    "accountName": "accountname",
    "accountId": "accountid",
}


@dataclass(frozen=True)
class Outcome:
    """The last answer about a resource; the parts without which it was accepted, each with Google's words."""

    answer: Answer
    left_out: Mapping[str, str] = field(default_factory=dict)


def upsert_what_is_taken(
    client: GoogleClient, wanted: Iterable[Wanted], reserve: Reserve
) -> dict[str, Outcome]:
    """Bring these about as `upsert` does, each without what Google refuses of it; returns resource id -> outcome."""
    by_id = {each.resource_id: each for each in wanted}
    answers = upsert(client, by_id.values(), reserve)
    searches = {key: _search(by_id[key], answer) for key, answer in answers.items()}
    outcomes: dict[str, Outcome] = {}
    replies: dict[str, Answer | None] = dict.fromkeys(searches)
    while replies:
        repeated = []
        for key, reply in replies.items():
            try:
                repeated.append(searches[key].send(reply))  # type: ignore[arg-type]  # None starts it
            except StopIteration as end:
                outcomes[key] = end.value
        replies = dict(upsert(client, repeated, reserve))
    return outcomes


def _search(wanted: Wanted, refusal: Answer) -> Generator[Wanted, Answer, Outcome]:
    """Yields what is to be tried next, is sent the answer, and returns what came of it."""
    left: dict[str, str] = {}
    answer = refusal
    while answer.is_final and (names := named(wanted, answer.reason)):
        left |= dict.fromkeys(names, answer.reason)
        wanted = wanted.without(names)
        answer = yield wanted
    is_about_a_part = wanted.kind == "loyaltyClass" or not answer.is_forbidden
    if answer.is_final and is_about_a_part and (parts := _optional(wanted)):
        for names in [*([part] for part in parts), parts]:
            attempt = yield wanted.without(names)
            if not attempt.is_final:
                return _outcome(attempt, left | dict.fromkeys(names, answer.reason))
    return Outcome(refusal) if answer.is_final else _outcome(answer, left)


def _outcome(answer: Answer, left_out: Mapping[str, str]) -> Outcome:
    return Outcome(answer, left_out if answer.is_good else {})


def named(wanted: Wanted, reason: str) -> list[str]:
    """Those optional parts of a resource that the words of a refusal are about."""
    letters = "".join(filter(str.isalnum, reason)).lower()
    found = []
    for part in sorted(_optional(wanted), key=lambda part: -len(PARTS[part])):  # a wide logo is no logo
        if PARTS[part] in letters or _is_picture_in(wanted, part, reason):
            found.append(part)
            letters = letters.replace(PARTS[part], "")
    return found


def _optional(wanted: Wanted) -> list[str]:
    """A card that is no longer valid is sent whole: what it leaves out would go on telling what was."""
    is_valid = wanted.body.get("state") != "INACTIVE"
    return [part for part in PARTS if part in wanted.body] if is_valid else []


def _is_picture_in(wanted: Wanted, part: str, reason: str) -> bool:
    """Whether the address of a picture stands in the words of a refusal."""
    content = wanted.body[part]
    address = content.get("sourceUri", {}).get("uri") if isinstance(content, dict) else None
    return isinstance(address, str) and address in reason
