"""All queues of the site, to be watched; `loyalty_site/wiring.py` says which there are."""

from typing import Any

from groundwork.messaging.wiring import Port
from groundwork.queue.queue import Queue

queues: Port[Queue[Any]] = Port()
