"""Pulse and tally: whether the clock, the workers and each task of theirs live, and what comes of their work."""

from groundwork.watching.models import AbstractPulse, AbstractTally


class Pulse(AbstractPulse):
    """Nobody's: it names tasks, and merchants by their ids."""


class Tally(AbstractTally):
    """Nobody's: it counts for the whole site."""
