"""How long may pass until all is as it was."""

FAILOVER_SECONDS = 30.0
TILL_SECONDS = 3.0  # a till has its answer by then, also where that is "later"
WHOLE_SECONDS = 120
