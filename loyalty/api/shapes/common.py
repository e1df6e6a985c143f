"""Pages, rows that were brought back, and problems."""

from functools import cache

from drf_spectacular.utils import inline_serializer
from rest_framework.serializers import BooleanField, CharField, DictField, IntegerField, Serializer, URLField


@cache
def page(shape: type[Serializer]) -> Serializer:
    """A list of a shape, one page of it."""
    return inline_serializer(
        f"{shape.__name__}Page",
        {
            "count": IntegerField(max_value=10_000),
            "count_is_minimum": BooleanField(required=False, help_text="There are more than `count`."),
            "next": URLField(allow_null=True),
            "previous": URLField(allow_null=True),
            "results": shape(many=True),
        },
    )


@cache
def restored(shape: type[Serializer]) -> Serializer:
    """A row that was brought back, and how many rows of each model came with it."""
    counts = DictField(child=IntegerField(), help_text="Model -> count.")
    return type(f"Restored{shape.__name__}", (shape,), {"restored": counts})()


class FieldError(Serializer):
    field = CharField(allow_blank=True, help_text="Empty if it is about the body as a whole.")
    code = CharField()
    message = CharField()


class Problem(Serializer):
    """RFC 9457. Some codes carry more members, for example `retry_after`."""

    type = CharField(help_text="/problems/<code>")
    title = CharField()
    status = IntegerField()
    detail = CharField()
    code = CharField()
    errors = FieldError(  # type: ignore[assignment]
        many=True, required=False, help_text="With the code `invalid`."
    )
