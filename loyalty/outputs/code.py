"""Codes of cards that are there already."""

from typing import TypedDict

from groundwork.formats.wire import Moment, moment
from loyalty import models


class CardCode(TypedDict):
    """A code that means a card: an EAN, a QR text, an NFC id of an earlier system."""

    id: int
    card_id: int
    code: str
    created_at: Moment


def card_code(row: models.CardCode) -> CardCode:
    return {"id": row.pk, "card_id": row.card_id, "code": row.code, "created_at": moment(row.created_at)}
