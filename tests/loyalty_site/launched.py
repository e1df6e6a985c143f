"""A program beside servers of its own, as `make demo` begins it."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def launch(var: Path, *program: str, hang_up: signal.Handlers = signal.SIG_DFL) -> subprocess.Popen[str]:
    """`hang_up` is what a hang-up does when it begins, whatever these tests themselves run under."""
    command = [sys.executable, "-m", "loyalty_site.servers", *program]
    environment = os.environ | {"VAR_DIR": str(var)}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGHUP, hang_up),
    )
