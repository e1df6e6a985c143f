#!/usr/bin/env python
"""Django's command line. Without DJANGO_SETTINGS_MODULE it runs with the settings for trying things out.

While `make demo` runs in this folder, every command finds its database by itself (`loyalty_site.servers.kept`).
"""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

from groundwork.database import waits

NO_DATABASE = """There is no database that answers. Either run `make demo` or `make serve` beside this command,
or let it start the servers for itself: python -m loyalty_site.servers manage.py COMMAND,
or name a PostgreSQL in DATABASE_URL."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings.local")
    waits.this_process_is("migration" if sys.argv[1:2] == ["migrate"] else "command")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if os.environ.get("DATABASE_URL") or "connection" not in str(error):
            raise
        sys.exit(NO_DATABASE)


if __name__ == "__main__":
    main()
