"""Passes side by side, as a page: looks, targets and states, so that somebody can look at all of them at once."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from wallet.facts import Goal, PassFacts, ProgramFacts, next_points_goal
from wallet.models import Platform
from wallet.previews import drawn, sample
from wallet.selectors import retired_facts

STYLE = Path("wallet/preview.css")
STATES = ("empty", "half full", "full", "ended")


def page(programs: Iterable[ProgramFacts], targets: Iterable[int]) -> str:
    """An HTML page that stands alone: each program's card empty, half full, full and ended, in both wallets.

    Those with stamps come once more for each target, without the code, which is the same on all of them.
    """
    programs, targets = list(programs), list(targets)
    rows = [_row(program, is_short=False) for program in programs]
    with_stamps = [program for program in programs if program.has_stamps]
    rows += [
        _row(replace(program, stamps_target=target), is_short=True)
        for program in with_stamps
        for target in targets
    ]
    style = next(
        Path(folder) / STYLE for folder in settings.STATICFILES_DIRS if (Path(folder) / STYLE).is_file()
    )
    columns = [f"{platform.label}, {state}" for platform in Platform for state in STATES]
    shown = {"rows": rows, "columns": columns, "style": style.read_text()}
    return render_to_string("wallet/sheet.html", shown)


def _row(program: ProgramFacts, *, is_short: bool) -> dict[str, Any]:
    passes = [drawn(facts, platform, "en") for platform in Platform for facts in states(program)]
    return {"title": _title(program), "passes": passes, "is_short": is_short}


def states(program: ProgramFacts) -> list[PassFacts]:
    """A card that is empty, one half way, one that has reached its reward, and one that has ended."""
    dearest = program.points_rewards[-1][1] if program.points_rewards else 0
    steps = [(0, 0), (program.stamps_target // 2, dearest // 2), (program.stamps_target, dearest)]
    return [*(_standing(program, stamps, points) for stamps, points in steps), retired_facts(program)]


def _standing(program: ProgramFacts, stamps: int, points: int) -> PassFacts:
    goal = Goal(name=program.stamps_reward, needed=program.stamps_target, have=stamps)
    return replace(
        sample(program),
        stamps=stamps,
        points=points,
        stamps_goal=goal if program.has_stamps else None,
        points_goal=next_points_goal(program.points_rewards, points) if program.has_points else None,
    )


def _title(program: ProgramFacts) -> str:
    what = f"{program.stamps_target} stamps" if program.has_stamps else "points"
    what += ", uploaded logo and picture" if program.look.picture else ""
    return f"{program.merchant_name}: {what}"
