"""Two people with one form: the second is told, and what the first has saved stays."""

import pytest
from django.utils import timezone

from tests.console.access.doings import CHANGED, data_for, path_of
from tests.console.access.people import World
from tests.console.access.state import differences, state, undone, values
from tests.console.world import filled

MOMENTS = {"updated_at", "date_changed", "terms_since"}


def without_moments(world: World, kind: str) -> dict[str, object]:
    return {name: value for name, value in values(world.mine[kind]).items() if name not in MOMENTS}


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("kind", CHANGED)
def test_whoever_saves_second_is_told_and_saves_nothing_before_they_have_seen_it(
    world: World, kind: str
) -> None:
    client, path = world.client("operator"), path_of(world, kind, "change")
    with undone(), timezone.override("Europe/Luxembourg"):
        old = filled(client.get(path))
        assert client.post(path, data_for(world, kind, "edit")).status_code == 302
        saved, row = state(), without_moments(world, kind)
        told = client.post(path, old)
        assert told.status_code == 200, "the second page was saved as it was"
        form = told.context_data["adminform"].form
        assert "Somebody else saved this" in str(form.non_field_errors())
        assert differences(saved, state()) == []
        assert client.post(path, filled(told)).status_code == 302
        assert without_moments(world, kind) == row
