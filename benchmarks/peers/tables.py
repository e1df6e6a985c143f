"""The peer's tables, in a schema of its own: what a stamp reads and writes, and nothing that it does not."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "peer"
NOW = func.clock_timestamp()


class Table(DeclarativeBase):
    """A table of the peer."""

    __table_args__: Any = {"schema": SCHEMA}
    type_annotation_map = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class Store(Table):
    """A shop."""

    __tablename__ = "store"
    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int]
    timezone: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class User(Table):
    """Somebody with an account."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class Member(Table):
    """Who works for whom, as what."""

    __tablename__ = "member"
    user_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.user.id"), primary_key=True)
    merchant_id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]


class Session(Table):
    """Who is signed in on a device, by the digest of its cookie."""

    __tablename__ = "session"
    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.user.id"))
    ends_at: Mapped[datetime]


class StaffPin(Table):
    """A person at the till."""

    __tablename__ = "staff_pin"
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.store.id"))
    name: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class StaffToken(Table):
    """Whose PIN was typed, by the digest of what came of it."""

    __tablename__ = "staff_token"
    digest: Mapped[str] = mapped_column(primary_key=True)
    pin_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.staff_pin.id"))
    ends_at: Mapped[datetime]


class Program(Table):
    """What a merchant gives for how much, and how often."""

    __tablename__ = "program"
    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int]
    stamps_target: Mapped[int]
    cooldown_minutes: Mapped[int]
    max_daily_stamps: Mapped[int]


class Card(Table):
    """A customer's card with its balances."""

    __tablename__ = "card"
    __table_args__ = (CheckConstraint("stamp_count >= 0"), {"schema": SCHEMA})
    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int]
    program_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.program.id"))
    customer_name: Mapped[str]
    stamp_count: Mapped[int] = mapped_column(default=0)
    total_stamps_earned: Mapped[int] = mapped_column(default=0)
    last_activity_at: Mapped[datetime | None]


class Line(Table):
    """A line of the ledger."""

    __tablename__ = "line"
    __table_args__ = (Index("line_of_card", "card_id", "at"), {"schema": SCHEMA})
    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int]
    store_id: Mapped[int]
    card_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.card.id"))
    pin_id: Mapped[int]
    kind: Mapped[str]
    stamps_delta: Mapped[int]
    stamps_after: Mapped[int]
    at: Mapped[datetime]


class Message(Table):
    """What others are to hear of."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int]
    event: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=NOW)


class KeptAnswer(Table):
    """The answer of a call, for whoever repeats it with the same key."""

    __tablename__ = "kept_answer"
    key: Mapped[str] = mapped_column(primary_key=True)
    body_digest: Mapped[str]
    answer: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(server_default=NOW)
