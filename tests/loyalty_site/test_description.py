"""The pages of docs/ that are made from the code are those of today's code."""

import re

import pytest
from django.db import models
from django.test.utils import isolate_apps

from groundwork.deletion import followers
from groundwork.messaging.wiring import Subscription, subscriptions
from loyalty.events import RewardReady
from loyalty_site import description
from loyalty_site.celery import JOBS
from notifications import handlers

MERMAID = re.compile(
    r"erDiagram"
    r"|\w+ \{|\}"
    r'|[A-Za-z]+ \w+( (PK|FK|UK))?( "[\w ]+")?'
    r"|\w+ (\}o|\|o)--(\|\||o\||o\{) \w+ : \w+"
)


@pytest.mark.parametrize("name", ["wiring.md", "models.md"])
def test_a_described_page_is_as_the_code_is(name: str) -> None:
    written = {path.name: (path.read_text(), text) for path, text in description.pages().items()}
    found, wanted = written[name]
    assert found == wanted, f"docs/{name} is stale: run `manage.py describe`"


def test_a_new_subscription_changes_the_page() -> None:
    before = description.wiring()
    added = Subscription("shop.bell", RewardReady, handlers.on_reward_ready)
    with subscriptions.filled(*subscriptions, added):
        after = description.wiring()
    line = "| `RewardReady` | `shop.bell` | `notifications.handlers.on_reward_ready` |"
    assert (line in after, line in before) == (True, False)


def test_whoever_answers_a_question_is_named_with_it() -> None:
    def answering() -> list[str]:
        return [
            line for line in description.wiring().splitlines() if "`groundwork.deletion.followers`" in line
        ]

    assert [
        line.endswith("| `loyalty.services.deletions`, `tenancy.deletions` |") for line in answering()
    ] == [True]
    with followers.filled():
        assert [line.endswith("|  |") for line in answering()] == [True]


def test_an_answer_that_is_an_object_is_told_by_its_name() -> None:
    with followers.filled(Subscription("shop.bell", RewardReady, handlers.on_reward_ready)):
        assert "went or came back with others. | `shop.bell` |\n" in description.wiring()


def test_every_job_of_the_clock_is_named_with_its_time() -> None:
    text = description.wiring()
    assert [job.task for job in JOBS if f"| `{job.task}` | `" not in text] == []
    assert "| `loyalty.expire_points` | `5 * * * *` |" in text


def test_every_table_of_the_house_is_drawn() -> None:
    text = description.tables()
    every = [model.__name__ for app in description.own_apps() for model in app.get_models()]
    assert len(every) > 20
    assert [name for name in every if f"    {name} {{\n" not in text] == []
    assert "    LoyaltyTransaction }o--|| LoyaltyCard : card\n" in text


@isolate_apps("tenancy")
def test_a_new_column_changes_the_drawing() -> None:
    class Bell(models.Model):
        """A bell of a shop."""

        loudness = models.PositiveSmallIntegerField(null=True)

        class Meta:
            app_label = "tenancy"

    drawn = list(description._diagram([Bell]))
    assert '        PositiveSmallInteger loudness "may be empty"' in drawn


def test_the_drawings_are_such_that_mermaid_reads_them() -> None:
    drawings = re.findall(r"```mermaid\n(.*?)```", description.tables(), re.DOTALL)
    assert len(drawings) == 6
    lines = [line.strip() for drawing in drawings for line in drawing.splitlines()]
    assert [line for line in lines if not MERMAID.fullmatch(line)] == []
