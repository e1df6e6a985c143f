"""BackgroundJob: an import or export, done in the scope of whoever asked. FilePiece: its file."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models

from groundwork.errors import NoLongerAllowed
from groundwork.jobs.models import AbstractBackgroundJob, AbstractFilePiece
from tenancy import roles
from tenancy.models.people import User


class BackgroundJob(AbstractBackgroundJob):
    """One person's job; it sees what that person may see by then."""

    class Meta(AbstractBackgroundJob.Meta):
        pass

    @classmethod
    def reach_of(cls, user: User) -> list[list[int]]:
        return roles.reach_of(user)

    def reaches(self, merchant_id: int) -> bool:
        """Whether rows of a merchant may stand in what it found; 0 is every merchant."""
        return any(each in (0, merchant_id) for each, _store_id in self.reach)

    @contextmanager
    def scope(self) -> Iterator[None]:
        user = User.objects.filter(pk=self.user_id).first()
        if user is None or not roles.still_reaches(user, self.reach):
            raise NoLongerAllowed()
        self.user = user
        with roles.scope_of(user):
            yield


class FilePiece(AbstractFilePiece):
    """A piece of a job's file."""

    job = models.ForeignKey(BackgroundJob, on_delete=models.CASCADE, related_name="pieces", db_index=False)

    class Meta(AbstractFilePiece.Meta):
        pass
