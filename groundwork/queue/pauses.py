"""How long to leave alone what has failed."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Pauses:
    """Pauses that grow: `first`, then `factor` times as long after each further failure, at most `longest`.

    `jitter` is the share by which each is longer or shorter at random, so that what failed together does not come
    back together.
    """

    first: timedelta
    factor: int
    longest: timedelta
    jitter: float = 0.0

    def after(self, attempts: int) -> timedelta:
        """The pause after so many failed attempts, one or more."""
        pause = self.first
        for _attempt in range(1, attempts):
            if pause >= self.longest:
                break
            pause *= self.factor
        return min(pause, self.longest) * random.uniform(1 - self.jitter, 1 + self.jitter)
