"""How long a test waits for what must come: long on a busy machine, shorter where it is expected not to come."""

import os

PATIENCE = int(os.environ.get("TESTS_PATIENCE", "30"))  # seconds; the run of the mutants says less
