"""The image of the Dockerfile is built and run, where Debian's tools for that are found."""

import re

import pytest

from deploy.containers import bases, image, tools


def test_the_image_is_built_serves_and_is_locked() -> None:
    if lacking := tools.missing():
        pytest.skip(f"THE IMAGE IS NOT BUILT HERE: {', '.join(lacking)} missing")
    try:
        bases.have_base()
    except bases.NoBaseError as error:
        pytest.skip(f"THE IMAGE IS NOT BUILT HERE: {error}")
    image.build()
    assert [what for what, is_so in image.looked_at().items() if not is_so] == []
    there = {component["name"]: component["version"] for component in image.bill()["components"]}
    pinned = re.search(r"^django==(\S+)", (tools.ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    assert pinned
    assert there["Django"] == pinned[1]
    assert {"libc6", "postgresql-client"} < there.keys()


def test_without_the_tools_it_is_said_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tools.shutil, "which", lambda _name, path="": None)
    monkeypatch.setattr(tools.os, "geteuid", lambda: 1000)
    assert image.main([]) == 1
    assert capsys.readouterr().out == (
        "THE IMAGE IS NOT BUILT HERE: Debian's buildah, Debian's podman, Debian's runc, Debian's debootstrap, "
        "the account root missing.\n"
    )
