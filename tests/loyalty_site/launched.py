"""A program beside servers of its own, as `make demo` begins it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def launch(var: Path, *program: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "loyalty_site.servers", *program]
    environment = os.environ | {"VAR_DIR": str(var)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
