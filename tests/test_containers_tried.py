"""How compose.yaml is tried (`make compose-check`): what is asked of a container, in which order they begin, and what
is said where it cannot be tried. The trial itself is too long for here.
"""

from pathlib import Path

import pytest
import requests
import yaml

from deploy.containers import bases, compose, first_day, locks, renewal, sbom, tools
from deploy.containers.deployment import Deployment, settings

ROOT = Path(__file__).parents[1]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
NOTHING = "0" * 16
LOCKED = f"Uid:\t10001\t10001\nCapPrm:\t{NOTHING}\nCapEff:\t{NOTHING}\nCapBnd:\t{NOTHING}\nNoNewPrivs:\t1\n"


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path, tmp_path / "containers.conf", SERVICES)


def test_without_the_tools_it_is_said_loudly_and_only_where_possible_is_that_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compose, "lacks", lambda: ["Debian's podman", "a free port 443"])
    monkeypatch.setattr(compose, "prepare", lambda **_: pytest.fail("nothing is begun"))
    assert (compose.main([]), compose.main(["--where-possible"])) == (3, 0)
    line = "COMPOSE.YAML IS NOT BROUGHT UP HERE: Debian's podman, a free port 443 missing."
    assert capsys.readouterr().err.splitlines() == [line, line]


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools.shutil, "which", lambda name, path="": None)
    monkeypatch.setattr(tools.os, "geteuid", lambda: 1000)
    assert tools.missing(["podman"], modules=["no_such_module"]) == [
        "Debian's podman",
        "no_such_module (requirements/containers.txt)",
        "the account root",
    ]


def test_each_begins_after_those_that_it_waits_for(deployment: Deployment) -> None:
    order = deployment.in_order()
    assert sorted(order) == sorted(SERVICES)
    assert order.index("db") < order.index("migrate") < order.index("web") < order.index("proxy")
    assert deployment.conditions("web") == {
        "migrate": "service_completed_successfully",
        "db": "service_healthy",
        "redis": "service_healthy",
    }


def test_every_neighbour_has_a_stand_in_with_the_user_that_compose_yaml_names() -> None:
    neighbours = {
        service["image"]: service["user"] for service in SERVICES.values() if "build" not in service
    }
    assert neighbours == {"postgres:17": "postgres", "redis:7": "redis", "nginx:1.28": "nginx"}
    for image, user in neighbours.items():
        recipe = (bases.STAND_INS / image.partition(":")[0] / "Containerfile").read_text()
        assert f"useradd --system --uid {101 if user == 'nginx' else 999} " in recipe, image


def test_a_process_that_may_nothing_is_locked_and_each_right_too_many_is_named() -> None:
    assert list(locks.of_process(LOCKED)) == []
    raw = LOCKED.replace(f"CapEff:\t{NOTHING}", "CapEff:\t0000000000000400").replace(
        "NoNewPrivs:\t1", "NoNewPrivs:\t0"
    )
    assert list(locks.of_process(raw.replace("10001", "0"))) == [
        "a process is root's",
        "a process has CapEff 0000000000000400",
        "a process can gain privileges",
    ]


def test_its_settings_are_those_that_the_documentation_asks_for() -> None:
    asked = (ROOT / "docs/deploy.md").read_text().partition("Write `.env`")[2].partition("2. `docker")[0]
    named = {line.strip().partition("=")[0] for line in asked.splitlines() if "=" in line}
    assert named < settings().keys()
    assert settings().keys() - named == {"BACKUP_KEY"}


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    page = """<form><input name="next" value="/"></form><form><input name="a" value="1">
        <input type="checkbox" name="b"><input type="checkbox" name="c" checked>
        <input type="file" name="f"><input name="off" disabled><select name="d"><option value="x">
        <option value="y" selected></select><textarea name="e">two
words</textarea><button name="g">Save</button></form>"""
    form = first_day.Forms(page).with_fields(["a", "b"])
    assert form == {"a": ["1"], "c": ["on"], "d": ["y"], "e": ["two\nwords"]}
    assert first_day.Forms(page).with_fields(["next"]) == {"next": ["/"]}


def answered(status: int, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.headers.update(headers)
    return made


@pytest.mark.parametrize(
    ("answers", "is_well"),
    [
        ([answered(201), None, answered(503, **{"Retry-After": "5"}), answered(201)], True),
        ([answered(201), answered(502)], False),
        ([answered(201), answered(503)], False),
        ([answered(409)], False),
    ],
)
def test_while_web_begins_anew_a_till_has_its_stamp_or_is_told_when_to_come_again(
    answers: list[requests.Response | None], is_well: bool
) -> None:
    assert renewal.Sent(answers).well_answered() is is_well


def test_the_bill_of_materials_names_debian_s_and_python_s_packages_by_their_urls() -> None:
    bill = sbom.made(
        name="site",
        digest="sha256:1",
        debian="libc6\t2.36-9+deb12u1\tamd64\n",
        release='PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
        python='[["Django", "5.2.19", null], ["prometheus_client", "0.26.0", "Apache-2.0"]]',
    )
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert [component["purl"] for component in bill["components"]] == [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64&distro=debian-12",
        "pkg:pypi/django@5.2.19",
        "pkg:pypi/prometheus-client@0.26.0",
    ]
    assert bill["components"][2]["licenses"] == [{"expression": "Apache-2.0"}]
