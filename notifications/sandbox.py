"""Liquid, the language of merchants' texts, in a sandbox.

A text sees plain words and numbers and nothing else: no files, no other templates, no attributes. It is held to a
number of loops, an amount of output, and a time. What goes wrong is `TextRefused`, with the line. Whole numbers are
written as in the language that is active.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from time import monotonic
from typing import Any, TextIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from liquid import Environment, RenderContext, StrictUndefined
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags import (
    assign_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import (
    FilterArgumentError,
    FilterError,
    FilterItemTypeError,
    FilterValueError,
    LiquidError,
    LoopIterationLimitError,
    ResourceLimitError,
)
from liquid.expression import Expression
from liquid.stream import TokenStream
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate

from notifications import markup
from notifications.errors import TextRefused
from notifications.filters import FILTERS, bounded, guarded

MAXIMUM_SOURCE = 10_000  # characters of a text as it is written
MAXIMUM_OUTPUT = 40_000  # bytes of a text as it is read
MAXIMUM_LOOPS = 300  # iterations of all loops of a text together
MAXIMUM_SECONDS = 2.0


# --- The environment --------------------------------------------------------------------------------------


class _Context(RenderContext):
    """Counts the iterations of all loops together, and watches the clock wherever a text does something."""

    __slots__ = ("deadline", "iterations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.iterations = 0
        self.deadline = monotonic() + MAXIMUM_SECONDS

    def _watch(self) -> None:
        if monotonic() > self.deadline:
            raise ResourceLimitError("time is up", token=None)

    def get(self, *args: Any, **kwargs: Any) -> object:
        self._watch()
        return super().get(*args, **kwargs)

    def filter(self, *args: Any, **kwargs: Any) -> Callable[..., object]:
        self._watch()
        return super().filter(*args, **kwargs)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self._watch()
        self.iterations += length
        if self.iterations > MAXIMUM_LOOPS:
            raise LoopIterationLimitError("too many iterations", token=None)


class _ForNode(for_tag.ForNode):
    """A loop that looks at the length of a range before it begins to count it out."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        bounded(self.expression.iterable.evaluate(context))
        return super().render_to_output(context, buffer)


class _ForTag(for_tag.ForTag):
    node_class = _ForNode


def _written(value: object, quote: Callable[[str], str] = str) -> str:
    """A value as people write it in the active language: 12,345 or 12.345 points; of words, the marks are quoted."""
    if isinstance(value, int) and not isinstance(value, bool):
        return number_format(value, force_grouping=True)
    return quote(to_liquid_string(value, autoescape=False))


class _PlainNode(output.OutputNode):
    """A value in a subject."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(_written(self.expression.evaluate(context)))


class _QuotedNode(output.OutputNode):
    """A value in a body: its marks mean nothing."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(_written(self.expression.evaluate(context), markup.quote))


class _PlainOutput(output.Output):
    node_class = _PlainNode


class _QuotedOutput(output.Output):
    node_class = _QuotedNode


class _Located:
    """A tag whose error shows where the tag begins, if it would show the end of the text."""

    def get_node(self, stream: TokenStream) -> Node:
        begin = stream.current
        try:
            return self.parse(stream)  # type: ignore[attr-defined]
        except LiquidError as error:
            if error.token is None or error.token.start_index < 0:
                error.token = begin
            raise


class _Template(BoundTemplate):
    context_class = _Context


class _Sandbox(Environment):
    template_class = _Template
    output_stream_limit = MAXIMUM_OUTPUT
    local_namespace_limit = MAXIMUM_OUTPUT
    block_nesting_limit = 12

    def __init__(self, output_tag: type[output.Output]) -> None:
        self.output_tag = output_tag
        super().__init__(undefined=StrictUndefined, strict_filters=True)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Only these: none that reads another template, and none that stores or prints around the output tag."""
        for tag in (
            content.Literal,
            illegal.Illegal,
            self.output_tag,
            if_tag.IfTag,
            unless_tag.UnlessTag,
            case_tag.CaseTag,
            _ForTag,
            for_tag.BreakTag,
            for_tag.ContinueTag,
            assign_tag.AssignTag,
            comment_tag.CommentTag,
            inline_comment_tag.InlineCommentTag,
        ):
            self.add_tag(type(tag.__name__, (_Located, tag), {}))
        for name, filter_ in FILTERS.items():
            self.add_filter(name, guarded(filter_))


_SUBJECT = _Sandbox(_PlainOutput)
_BODY = _Sandbox(_QuotedOutput)


# --- Using it ---------------------------------------------------------------------------------------------


def render_subject(source: str, values: Mapping[str, Any]) -> str:
    """A subject: one line of plain words. Raises TextRefused."""
    return " ".join(_render(_SUBJECT, source, values).split())[:200]


def render_body(source: str, values: Mapping[str, Any]) -> str:
    """A body: a text with marks (`notifications.markup`), in which the values' own are quoted. Raises TextRefused."""
    return _render(_BODY, source, values).strip()


def check(source: str, names: Set[str]) -> None:
    """Refuse broken syntax, and whatever is not among these variables. Raises TextRefused with the line."""
    found = _compile(_BODY, source).analyze()
    for name, uses in found.globals.items():
        if name not in names:
            message = _("The variable “%(name)s” is not known here.") % {"name": name}
            raise TextRefused(message, line=_line(source, uses[0].span.index))
    for name, places in found.filters.items():
        if name not in FILTERS:
            raise TextRefused(
                _("The filter “%(name)s” is not known.") % {"name": name}, line=_line(source, places[0].index)
            )
    for use in (use for name in names - set(found.locals) for use in found.variables.get(name, [])):
        if use.segments[1:] not in ([], ["size"]):
            message = _("“%(path)s” is not known: a variable has no parts.") % {"path": str(use)}
            raise TextRefused(message, line=_line(source, use.span.index))


def _render(environment: Environment, source: str, values: Mapping[str, Any]) -> str:
    template = _compile(environment, source)
    try:
        return template.render(**values)
    except (LiquidError, ArithmeticError, RecursionError, TypeError, ValueError) as error:
        raise _refusal(error, source) from error


@lru_cache(maxsize=256)
def _compile(environment: Environment, source: str) -> BoundTemplate:
    if len(source) > MAXIMUM_SOURCE:
        raise TextRefused(
            _("This text is too long: at most %(limit)d characters.") % {"limit": MAXIMUM_SOURCE}
        )
    _refuse_unclosed(source)
    try:
        template = environment.from_string(source)
        context = RenderContext(template)
        for node in template.nodes:
            _refuse_loose_ranges(node, context)
    except (LiquidError, RecursionError) as error:
        raise _refusal(error, source) from error
    return template


def _refuse_unclosed(source: str) -> None:
    """An opening after the last closing. The library finds that too, but looks for it from each one to the end."""
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        index = source.find(opening, source.rfind(closing) + 1)
        if index >= 0:
            raise TextRefused(
                _("“%(opening)s” has no “%(closing)s”.") % {"opening": opening, "closing": closing},
                line=_line(source, index),
            )


def _refuse_loose_ranges(node: Node, context: RenderContext) -> None:
    """A range belongs into a loop, where it is counted. `contains` would walk through a range of any length."""
    expressions: Iterable[Expression] = node.expressions()
    if isinstance(node, for_tag.ForNode):
        expressions = node.expression.children()
        if isinstance(node.expression.iterable, RangeLiteral):
            expressions = [*node.expression.iterable.children(), *node.expression.children()[1:]]
    for expression in _with_children(expressions):
        if isinstance(expression, RangeLiteral):
            raise LiquidError("a range can only be looped over", token=expression.token)
    for child in node.children(context, include_partials=False):
        _refuse_loose_ranges(child, context)


def _with_children(expressions: Iterable[Expression]) -> Iterator[Expression]:
    for expression in expressions:
        yield expression
        yield from _with_children(expression.children())


def _refusal(error: Exception, source: str) -> TextRefused:
    """The library's error as a sentence for the merchant, with the line."""
    token = getattr(error, "token", None)
    line = _line(source, token.start_index) if token is not None and token.start_index >= 0 else None
    if isinstance(error, ResourceLimitError | RecursionError):
        return TextRefused(_("This text does too much: too many repetitions, or too much output."), line=line)
    reason = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, FilterError | FilterArgumentError | FilterValueError | FilterItemTypeError):
        return TextRefused(_("A filter does not fit: %(reason)s.") % {"reason": reason}, line=line)
    return TextRefused(_("This is not understood: %(reason)s.") % {"reason": reason}, line=line)


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
