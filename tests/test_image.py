"""The image of the Dockerfile is built and run, where Debian's tools for that are found."""

import pytest

from deploy import image


def test_the_image_is_built_serves_and_is_locked() -> None:
    if lacking := image.missing():
        pytest.skip(f"THE IMAGE IS NOT BUILT HERE: {', '.join(lacking)} missing")
    try:
        image.have_base()
    except image.NoBaseError as error:
        pytest.skip(f"THE IMAGE IS NOT BUILT HERE: {error}")
    image.build()
    assert [what for what, is_so in image.looked_at().items() if not is_so] == []


def test_without_the_tools_it_is_said_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(image.shutil, "which", lambda _name: None)
    monkeypatch.setattr(image.os, "geteuid", lambda: 1000)
    assert image.main([]) == 1
    assert capsys.readouterr().out == (
        "THE IMAGE IS NOT BUILT HERE: Debian's buildah, Debian's podman, Debian's runc, Debian's debootstrap, "
        "the account root missing.\n"
    )
