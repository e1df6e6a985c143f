"""What is in the image, as a software bill of materials (CycloneDX 1.5, JSON): Debian's packages and Python's.

Debian's package list and Python's own metadata are asked in the image itself, so that it says what is there and not
what was ordered. Scanners look vulnerabilities up by the package URLs.
"""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

DEBIAN = ("dpkg-query", "--show", "--showformat=${Package}\\t${Version}\\t${Architecture}\\n")
RELEASE = ("cat", "/etc/os-release")
PYTHON = (
    "python",
    "-c",
    "import json, importlib.metadata as m; print(json.dumps([[d.name, d.version, d.metadata.get('License-Expression')]"
    " for d in m.distributions()]))",
)
RELEASE_LINE = re.compile(r'^(\w+)="?([^"\n]*)"?$', re.MULTILINE)
SEPARATORS = re.compile(r"[-_.]+")

Component = dict[str, Any]


def made(*, name: str, digest: str, debian: str, release: str, python: str) -> dict[str, Any]:
    """The bill of an image, from what `DEBIAN`, `RELEASE` and `PYTHON` print in it."""
    components = [*of_debian(debian, release), *of_python(python)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.uuid4().urn,
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {"type": "container", "bom-ref": "image", "name": name, "version": digest},
        },
        "components": sorted(components, key=lambda component: str(component["purl"])),
    }


def of_debian(listed: str, release: str) -> Iterator[Component]:
    """Debian's packages, and the libraries that came with them."""
    named = dict(RELEASE_LINE.findall(release))
    distribution = f"{named['ID']}-{named['VERSION_ID']}"
    for line in listed.splitlines():
        name, version, architecture = line.split("\t")
        where = f"arch={architecture}&distro={distribution}"
        yield _component(name, version, f"pkg:deb/{named['ID']}/{quote(name)}@{quote(version)}?{where}")


def of_python(listed: str) -> Iterator[Component]:
    """Python's packages, with their licence where they say it as SPDX has it."""
    for name, version, licence in json.loads(listed):
        usual = SEPARATORS.sub("-", name).lower()
        component = _component(name, version, f"pkg:pypi/{usual}@{quote(version)}")
        yield component | ({"licenses": [{"expression": licence}]} if licence else {})


def _component(name: str, version: str, purl: str) -> Component:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
