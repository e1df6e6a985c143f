"""Long exports of the console: asked for, and downloaded."""

from django.http import HttpResponse

from tenancy.models import BackgroundJob
from tests.console.world import World, address, list_address


def ask(world: World, who: str, model: type, kind: str = "csv", **query: str) -> BackgroundJob:
    """Ask for a list as a file; returns the job whose page that leads to."""
    path = list_address(model) + f"export/{kind}/"
    response = world.client(who).post(path, query_params=query)
    job = BackgroundJob.objects.order_by("-id")[0]
    assert response["Location"] == address(job)
    return job


def download(world: World, who: str, job: BackgroundJob) -> HttpResponse:
    return world.client(who).get(address(job, "download"))


def content(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)
