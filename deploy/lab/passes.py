"""People who fetch their card's pass, and fetch it again, while everything else goes on."""

import random
import ssl
import threading
import time
from urllib.error import HTTPError
from urllib.request import urlopen

from deploy.lab.cluster import Lab
from deploy.lab.tills import PATIENCE, Street

PAUSE = 1.0  # seconds between two people
PASSING = {429, 502, 503, 504}


class Wallets:
    """Somebody at a time; `wrong` is what came instead of a pass and was not merely "later"."""

    def __init__(self, lab: Lab, street: Street) -> None:
        self.lab, self.tokens = lab, list(street.shop["tokens"])
        self.chance = random.Random(street.seed)
        self.fetched = self.again = 0
        self.wrong: list[str] = []
        self.trust = ssl.create_default_context(cafile=str(street.certificate))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._fetch, daemon=True)

    def __enter__(self) -> "Wallets":
        self._thread.start()
        return self

    def __exit__(self, *about: object) -> None:
        self._over.set()
        self._thread.join(PATIENCE + 1)

    def _fetch(self) -> None:
        while not self._over.wait(PAUSE):
            address = f"{self.lab.url}/card/{self.chance.choice(self.tokens)}/pass.pkpass"
            while not self._over.is_set() and not self._has(address):
                self.again += 1
                time.sleep(PAUSE)

    def _has(self, address: str) -> bool:
        """Fetch one pass; returns False where it may be had later."""
        try:
            with urlopen(address, timeout=PATIENCE, context=self.trust) as answer:
                is_pass = answer.headers["Content-Type"] == "application/vnd.apple.pkpass"
                is_pass = answer.read(2) == b"PK" and is_pass
        except HTTPError as error:
            if error.code in PASSING:
                return False
            self.wrong.append(f"{error.code}")
            return True
        except OSError:
            return False
        if is_pass:
            self.fetched += 1
        else:
            self.wrong.append("no pass")
        return True
