"""Passes side by side, as a page: looks, targets and states, so that somebody can look at all of them at once."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from wallet.facts import Goal, PassFacts, ProgramFacts, next_points_goal
from wallet.models import Platform
from wallet.previews import drawn, sample
from wallet.selectors import retired_facts

STYLE = Path("wallet/preview.css")


def page(programs: Iterable[tuple[ProgramFacts, Platform]]) -> str:
    """An HTML page that stands alone: each program's card empty, half full, full and ended, in its wallet."""
    rows = [
        {
            "title": _title(program, platform),
            "passes": [drawn(facts, platform, "en") for facts in states(program)],
        }
        for program, platform in programs
    ]
    style = next(
        Path(folder) / STYLE for folder in settings.STATICFILES_DIRS if (Path(folder) / STYLE).is_file()
    )
    return render_to_string("wallet/sheet.html", {"rows": rows, "style": style.read_text()})


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


def _title(program: ProgramFacts, platform: Platform) -> str:
    what = f"{program.stamps_target} stamps" if program.has_stamps else "points"
    what += ", uploaded logo and picture" if program.look.picture else ""
    return f"{program.merchant_name}: {what}, {platform.label}"
