"""Make the files of a release; see `tests.upgrades`."""

import gzip
import os
import subprocess
import sys

from loyalty_site.servers import postgres
from tests.browser import deployed
from tests.upgrades import FOLDER, at_the_shop


def keep(name: str, text: str) -> None:
    """One file, the same bytes for the same text."""
    (FOLDER / name).write_bytes(gzip.compress(text.encode(), mtime=0))


def make(release: str) -> None:
    with postgres.temporary() as server, deployed.database(server) as url:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "loyalty_site.settings.test", "DATABASE_URL": url}

        def run(*command: str) -> str:
            return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

        run(sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0")
        run(*at_the_shop("open"))
        dump = ["--inserts", "--no-owner", "--no-privileges", "--exclude-schema=pg_*", f"--dbname={url}"]
        keep(f"{release}.sql.gz", run("pg_dump", *dump))
        keep(f"{release}.till.sql.gz", run(*at_the_shop("till")))


if __name__ == "__main__":
    make(*sys.argv[1:])
