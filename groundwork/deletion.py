"""Soft deletion with its cascade, and restoring exactly what went together.

Which rows go along is declared by the rows themselves (`SoftDeletable.deleted_with`), so that this floor needs no
list of the apps above it. All is set-based: a merchant with a million cards is a handful of statements.

Apps above may add what follows from it in the same transaction: `followers` are called with the rows and the ids of
their batches, while the rows still carry them.
"""

import functools
import operator
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from groundwork import clock
from groundwork.database import bulk, locks
from groundwork.errors import AlreadyDeleted, RestoreConflict
from groundwork.messaging.wiring import Port
from groundwork.models import SoftDeletable, new_batch

COUNTED_TO = 10_000


class Follower(Protocol):
    """What an app does besides, when rows of its own went or came back with others."""

    def on_deleted(self, rows: Sequence[models.Model], batches: Sequence[uuid.UUID]) -> None: ...

    def on_restored(self, rows: Sequence[models.Model], batches: Sequence[uuid.UUID]) -> None: ...


followers: Port[Follower] = Port()


def soft_models() -> list[type[SoftDeletable]]:
    """Every model that is soft-deleted."""
    return [model for model in apps.get_models() if issubclass(model, SoftDeletable)]


def _all_rows(model: type[models.Model]) -> models.QuerySet:
    """Deleted rows too, whatever the scope: a cascade follows keys, and keys do not leave the merchant."""
    return models.QuerySet(model)


def _children(model: type[SoftDeletable]) -> Iterable[tuple[type[SoftDeletable], str]]:
    for child in soft_models():
        for field_name in child.deleted_with:
            if child._meta.get_field(field_name).related_model is model:
                yield child, field_name


def preview(instance: SoftDeletable) -> dict[str, int]:
    """How many living rows of each model `soft_delete` would take, counted to 10,000; nothing is changed or locked."""
    model = type(instance)
    doomed: dict[type[SoftDeletable], list[models.Q]] = {model: [models.Q(pk=instance.pk)]}
    waiting = [model]
    while waiting:
        parent = waiting.pop(0)
        which = functools.reduce(operator.or_, doomed[parent])
        keys = _all_rows(parent).filter(which, deleted_at__isnull=True).values("pk")
        for child, field_name in _children(parent):
            doomed.setdefault(child, []).append(models.Q(**{f"{field_name}__in": keys}))
            waiting.append(child)
    counts = {kind._meta.label: _count(kind, conditions) for kind, conditions in doomed.items()}
    return {label: count for label, count in counts.items() if count}


def _count(model: type[SoftDeletable], conditions: list[models.Q]) -> int:
    """Living rows under any of some parents; each is asked for itself, so that the database can stop early."""
    found: set[int] = set()
    for condition in conditions:
        rows = _all_rows(model).filter(condition, deleted_at__isnull=True)
        found |= set(rows.values_list("pk", flat=True)[:COUNTED_TO])
        if len(found) >= COUNTED_TO:
            return COUNTED_TO
    return len(found)


def _locked(instance: SoftDeletable) -> SoftDeletable:
    # Not FOR UPDATE: that would wait for every till that is just writing a line which names this row.
    return _all_rows(type(instance)).select_for_update(no_key=True).get(pk=instance.pk)


def hold(*rows: SoftDeletable) -> bool:
    """Keep rows from being deleted until the transaction ends; False if one of them is deleted already.

    For whoever puts something new under them: a deletion that comes later waits, and takes it along. Name parents
    before their children, and lock nothing before: that is the order in which a deletion goes.
    """
    # Django knows no FOR SHARE, and FOR UPDATE would let one in at a time.
    with connection.cursor() as cursor:
        for row in rows:
            table = row._meta.db_table
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s AND deleted_at IS NULL FOR SHARE", [row.pk])
            if cursor.fetchone() is None:
                return False
    return True


@transaction.atomic
def soft_delete(instance: SoftDeletable, *, by: models.Model | None) -> dict[str, int]:
    """Delete a row and what goes with it, as one batch.

    Returns how many rows of each model went, for example {"loyalty.LoyaltyCard": 12, ...}.
    Raises AlreadyDeleted.
    """
    counts = soft_delete_each([instance], by=by)
    if not counts:
        raise AlreadyDeleted()
    return counts


@transaction.atomic
def soft_delete_each(instances: Sequence[SoftDeletable], *, by: models.Model | None) -> dict[str, int]:
    """Delete rows of one kind, some hundreds at most, each with what goes with it as a batch of its own, so that each
    can be restored alone; those that are deleted already stay as they are. Returns counts as `soft_delete` does.
    """
    if not instances:
        return {}
    model = type(instances[0])
    living = _all_rows(model).filter(pk__in=[row.pk for row in instances], deleted_at__isnull=True)
    # Not FOR UPDATE: that would wait for every till that is just writing a line which names one of them.
    ids = set(living.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    going, now = [row for row in instances if row.pk in ids], clock.now()
    marks = {"deleted_at": now, "deleted_by": by, "updated_at": now}
    for row in going:
        row.deletion_batch = new_batch()
        for name, value in marks.items():
            setattr(row, name, value)
    batches = [row.deletion_batch for row in going if row.deletion_batch]
    if not batches:
        return {}
    bulk.update(going, "deletion_batch", *marks)
    counts = _mark_under(model, batches, marks)
    for app in followers:
        app.on_deleted(going, batches)
    return dict(counts)


def _mark_under(
    root: type[SoftDeletable], batches: Sequence[uuid.UUID], marks: Mapping[str, Any]
) -> Counter[str]:
    """Mark all under the rows of some batches, kind by kind: a row is locked after whatever it may belong to."""
    counts = Counter({root._meta.label: len(batches)})
    for child in _parents_first():
        for field_name in child.deleted_with:
            parent = cast(type[models.Model], child._meta.get_field(field_name).related_model)
            if counts[parent._meta.label]:
                # The parents, found again by their batch: no list of keys is carried in memory.
                parents = _all_rows(parent).filter(deletion_batch__in=batches)
                under = _all_rows(child).filter(**{f"{field_name}__in": parents.values("pk")})
                batch = parents.filter(pk=models.OuterRef(field_name)).values("deletion_batch")
                own: Any = batches[0] if len(batches) == 1 else models.Subquery(batch)
                _mark_living(child, under, {**marks, "deletion_batch": own}, counts)
    return counts


def _mark_living(
    model: type[SoftDeletable], rows: models.QuerySet, marks: Mapping[str, Any], counts: Counter[str]
) -> None:
    living = rows.filter(deleted_at__isnull=True)
    locks.in_id_order(living)
    if count := living.update(**marks):
        counts[model._meta.label] += count


def _parents_first() -> list[type[SoftDeletable]]:
    """Every kind after all those whose deletion takes it along."""
    ordered: list[type[SoftDeletable]] = []
    left = soft_models()
    while left:
        taken = {child for model in left for child, _field in _children(model)}
        ordered += [model for model in left if model not in taken]
        left = [model for model in left if model in taken]
    return ordered


@transaction.atomic
def restore(instance: SoftDeletable) -> dict[str, int]:
    """Bring a row back together with exactly what was deleted with it; returns counts as `soft_delete` does.

    Raises RestoreConflict if it is not deleted, a parent of it or of one that comes along is still deleted, or a key
    has been taken meanwhile.
    """
    model = type(instance)
    locked = _locked(instance)
    batch = locked.deletion_batch
    if not locked.is_deleted or batch is None:
        raise RestoreConflict()
    if _has_deleted_parent(locked) or any(_has_orphans(candidate, batch) for candidate in soft_models()):
        raise RestoreConflict()
    for candidate in _parents_first():
        locks.in_id_order(_all_rows(candidate).filter(deletion_batch=batch))
    for app in followers:
        app.on_restored([instance], [batch])
    counts: Counter[str] = Counter()
    marks = {"deleted_at": None, "deleted_by": None, "deletion_batch": None, "updated_at": clock.now()}
    try:
        with transaction.atomic():
            for candidate in _parents_first():
                count = _all_rows(candidate).filter(deletion_batch=batch).update(**marks)
                if count:
                    counts[candidate._meta.label] = count
    except IntegrityError as error:
        raise RestoreConflict() from error
    instance.refresh_from_db(from_queryset=_all_rows(model))
    return dict(counts)


def _has_deleted_parent(row: SoftDeletable) -> bool:
    for field_name in row.deleted_with:
        field = cast(models.ForeignKey, row._meta.get_field(field_name))
        parent_id = getattr(row, field.attname)
        parents = _all_rows(field.related_model)
        if parent_id is not None and parents.filter(pk=parent_id, deleted_at__isnull=False).exists():
            return True
    return False


def _has_orphans(model: type[SoftDeletable], batch: uuid.UUID | None) -> bool:
    """Whether a row of this batch would come back under a parent that was deleted in another one."""
    rows = _all_rows(model).filter(deletion_batch=batch)
    for field_name in model.deleted_with:
        under_deleted = rows.filter(**{f"{field_name}__deleted_at__isnull": False})
        if under_deleted.exclude(**{f"{field_name}__deletion_batch": batch}).exists():
            return True
    return False
