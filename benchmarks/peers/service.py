"""A stamp in FastAPI and SQLAlchemy; uvicorn serves `app`.

Signed in by a cookie, a PIN by a token, once by a key; the card is locked, cooldown and daily limit are judged, and
line, balance, message and kept answer are written in one transaction. No triggers, languages, tills or terms.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Cookie, Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.peers import tables
from benchmarks.peers.tables import (
    Card,
    KeptAnswer,
    Line,
    Member,
    Message,
    Program,
    StaffPin,
    StaffToken,
    Store,
    User,
)

app = FastAPI()
address = os.environ.get("DATABASE_URL", "postgresql://127.0.0.1/peer").replace(
    "postgresql://", "postgresql+psycopg://", 1
)
engine = create_engine(address, pool_size=10)
opened = sessionmaker(engine, expire_on_commit=False)


def transaction() -> Iterator[Session]:
    """One transaction for one call."""
    with opened.begin() as session:
        yield session


class Stamps(BaseModel):
    """How many stamps are to be given."""

    quantity: int = 1


class Told(BaseModel):
    """What became of the card."""

    transaction_id: int
    stamps_delta: int
    stamp_count: int
    stamps_target: int
    customer_name: str
    reward_ready: bool
    at: datetime


def digest(secret: str) -> str:
    """How a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


@app.post("/stores/{store_id}/cards/{card_id}/stamps/", status_code=201)
def stamp(
    store_id: int,
    card_id: int,
    body: Stamps,
    session: Annotated[str, Cookie()],
    x_staff_token: Annotated[str, Header()],
    idempotency_key: Annotated[str, Header()],
    database: Annotated[Session, Depends(transaction)],
) -> Told:
    """Stamp a card."""
    store, pin = _person(database, store_id, session, x_staff_token)
    sent = digest(f"{store_id} {card_id} {body.model_dump_json()}")
    kept = database.get(KeptAnswer, idempotency_key)
    if kept is not None:
        if kept.body_digest != sent:
            raise HTTPException(409, "idempotency_key_reused")
        return Told.model_validate(kept.answer)
    card, program = _locked(database, store, card_id)
    now = datetime.now(UTC)
    _judge(database, store, card, program, body.quantity, now)
    told = _book(database, card, program, store_id=store_id, pin_id=pin.id, quantity=body.quantity, now=now)
    database.add(KeptAnswer(key=idempotency_key, body_digest=sent, answer=told.model_dump(mode="json")))
    return told


def _person(database: Session, store_id: int, cookie: str, token: str) -> tuple[Store, StaffPin]:
    now = datetime.now(UTC)
    members = (
        select(Store)
        .join(Member, Member.merchant_id == Store.merchant_id)
        .join(User, User.id == Member.user_id)
        .join(tables.Session, tables.Session.user_id == User.id)
        .where(tables.Session.digest == digest(cookie), tables.Session.ends_at > now)
        .where(User.is_active, Store.is_active, Store.id == store_id)
    )
    store = database.scalars(members).one_or_none()
    if store is None:
        raise HTTPException(403, "not_signed_in")
    pins = select(StaffPin).join(StaffToken, StaffToken.pin_id == StaffPin.id)
    typed = pins.where(StaffToken.digest == digest(token), StaffToken.ends_at > now)
    pin = database.scalars(typed.where(StaffPin.is_active, StaffPin.store_id == store_id)).one_or_none()
    if pin is None:
        raise HTTPException(403, "staff_pin_required")
    return store, pin


def _locked(database: Session, store: Store, card_id: int) -> tuple[Card, Program]:
    rows = (
        select(Card, Program)
        .join(Program, Program.id == Card.program_id)
        .where(Card.id == card_id, Card.merchant_id == store.merchant_id)
    )
    found = database.execute(rows.with_for_update(of=Card, key_share=True)).one_or_none()
    if found is None:
        raise HTTPException(404, "card_not_found")
    return found[0], found[1]


def _judge(
    database: Session, store: Store, card: Card, program: Program, quantity: int, now: datetime
) -> None:
    zone = ZoneInfo(store.timezone)
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
    today = select(func.coalesce(func.sum(Line.stamps_delta), 0), func.max(Line.at)).where(
        Line.card_id == card.id, Line.at >= midnight, Line.kind == "stamp_earned"
    )
    given, newest = database.execute(today).one()
    if newest is not None and now - newest < timedelta(minutes=program.cooldown_minutes):
        raise HTTPException(409, "stamp_cooldown")
    if given + quantity > program.max_daily_stamps:
        raise HTTPException(409, "daily_stamp_limit")


def _book(
    database: Session, card: Card, program: Program, *, quantity: int, now: datetime, **who: Any
) -> Told:
    card.stamp_count += quantity
    card.total_stamps_earned += quantity
    card.last_activity_at = now
    line = Line(
        merchant_id=card.merchant_id,
        card_id=card.id,
        kind="stamp_earned",
        stamps_delta=quantity,
        stamps_after=card.stamp_count,
        at=now,
        **who,
    )
    database.add(line)
    database.flush()
    database.add(Message(merchant_id=card.merchant_id, event={"type": "stamped", "line": line.id}))
    return Told(
        transaction_id=line.id,
        stamps_delta=quantity,
        stamp_count=card.stamp_count,
        stamps_target=program.stamps_target,
        customer_name=card.customer_name,
        reward_ready=card.stamp_count >= program.stamps_target,
        at=now,
    )
