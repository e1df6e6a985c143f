"""What stands before and beside PostgreSQL is lost, or hangs."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from redis import Redis

from deploy.lab.cluster import Lab
from deploy.lab.faults.bounds import FAILOVER_SECONDS
from deploy.lab.parts import until
from deploy.lab.plan import HERE

if TYPE_CHECKING:
    from deploy.lab.chaos import Day


def etcd_minority_lost(day: "Day") -> str:
    """One of three members of etcd is gone: the two others are enough."""
    part = day.lab.parts["etcd1"]
    part.kill()
    leads = day.lab.primary()
    day.wait(day.long(15))
    day.must(day.lab.primary() == leads, "the same one leads")
    part.start()
    return f"{leads} leads as before"


def pgbouncer_restarted(day: "Day") -> str:
    """PgBouncer ends and begins."""
    part = day.lab.parts["pgbouncer"]
    part.kill()
    part.start()
    took = day.until_tills_answer()
    day.must(took <= FAILOVER_SECONDS, f"tills answer again within {FAILOVER_SECONDS:.0f} s")
    return f"tills answer after {took:.1f} s"


def redis_lost(day: "Day") -> str:
    """The Redis that is the primary is gone; Sentinel makes the other one the primary."""
    lab = day.lab
    masters = [name for name in ("cache1", "cache2") if redis_role(lab, name) == "master"]
    lost, other = (masters[0], "cache2" if masters[0] == "cache1" else "cache1")
    lab.parts[lost].kill()
    took = day.until_tills_answer()
    promoted = until(lambda: redis_role(lab, other) == "master", f"{other} is the primary", seconds=60)
    lab.parts[lost].start()
    until(lambda: redis_role(lab, lost) == "slave", f"{lost} follows", seconds=90)
    return f"{lost} gone: tills answer after {took:.1f} s; {other} is the primary after {promoted:.1f} s"


def mail_hangs(day: "Day") -> str:
    """The mail server takes letters and never answers; the relay, passes and webhooks do not wait for it."""
    hangs = day.lab.home / "site/mail-hangs"
    hooks = day.lab.home / "site/hooks.jsonl"
    before = lines(hooks)
    hangs.touch()
    day.wait(max(day.long(30), 20))
    arrived = lines(hooks) - before
    letters = lines(day.lab.home / "site/letters.jsonl")
    hangs.unlink()
    day.must(arrived > 0, "webhooks go on")
    late = until(
        lambda: lines(day.lab.home / "site/letters.jsonl") > letters, "letters are sent again", seconds=150
    )
    return f"meanwhile {arrived} webhooks arrived; the first letter {late:.0f} s after it was well again"


def redis_role(lab: Lab, name: str) -> str:
    """Whether a Redis is `master` or `slave`; empty where it does not answer."""
    with (
        suppress(Exception),
        Redis(HERE, lab.ports[name], password=lab.secrets["redis"], socket_timeout=1) as client,
    ):
        return str(client.info("replication")["role"])
    return ""


def lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0
