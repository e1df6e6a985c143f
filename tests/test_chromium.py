"""No browser, no green run: where it is looked for, and what is said where there is none."""

from pathlib import Path

import pytest

from tests import __main__ as run_all
from tests.browser import chromium


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no browser, no package manager and no Node."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "APPLICATIONS", ())
    monkeypatch.setattr(chromium, "ROOT", tmp_path)
    return tmp_path


def program(folder: Path, name: str, script: str = "") -> Path:
    made = folder / name
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return made


def test_the_machines_own_browser_is_taken(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chromium.found() is None
    installed = program(bare_machine, "chromium")
    assert chromium.found_or_brought() == str(installed)
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert chromium.found_or_brought() == "/opt/chromium"


def test_one_is_installed_where_that_is_allowed(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    program(bare_machine, "apt-get")
    program(
        bare_machine,
        "env",
        f'[ "$4" = update ] || {{ echo > {bare_machine}/chromium; /bin/chmod 755 {bare_machine}/chromium; }}',
    )
    assert chromium.found_or_brought() == str(bare_machine / "chromium")
    assert capsys.readouterr().err == "Installing Debian's chromium ...\n"


def test_without_any_the_run_fails_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_all, "run", lambda *given: pytest.fail("nothing runs without a browser"))
    assert run_all.main([]) == 1
    assert "apt-get install chromium" in capsys.readouterr().err
