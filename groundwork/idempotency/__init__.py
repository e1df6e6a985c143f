"""Exactly once, by a key that comes with the call."""

from groundwork.idempotency.once import Answer, Claim, clean, exactly_once, fingerprint

__all__ = ["Answer", "Claim", "clean", "exactly_once", "fingerprint"]
