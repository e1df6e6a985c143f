#!/usr/bin/env python
"""Django's command line. Without DJANGO_SETTINGS_MODULE it runs the zero-set-up settings."""

import os
import sys

from django.core.management import execute_from_command_line

from tenancy import waits


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings.local")
    waits.this_process_is("migration" if sys.argv[1:2] == ["migrate"] else "command")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
