"""A change of a file put into a process that has read the file already: functions get their new code.

That saves reading the whole house anew for a mutant. It goes only where nothing but the insides of functions has
changed: what ran while the file was read has run, and `Cold` says that the house must be read anew.
"""

import gc
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType

# What a piece of code does, but for the pieces within it, and for where it stands.
_DOES = """co_code co_names co_varnames co_freevars co_cellvars co_flags co_argcount co_kwonlyargcount
co_posonlyargcount co_exceptiontable""".split()

Pair = tuple[CodeType, CodeType]
Key = tuple[str, int]


class Cold(Exception):
    """The change is not one of the insides of functions alone."""


def swap(root: Path, before: Mapping[str, str]) -> None:
    """Give functions of files, by their texts of before, the code that stands in the files now. Raises Cold.

    What was not read yet will be read as it stands.
    """
    read = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for file, text in before.items():
        path = root / file
        if file.endswith(".py") and str(path) in read:
            _swap_file(str(path), text, path.read_text())


def _swap_file(path: str, before: str, after: str) -> None:
    old, new = (compile(text, path, "exec", dont_inherit=True) for text in (before, after))
    living = _functions_of(path)
    for was, will_be in _changed(old, new):
        functions = living[was.co_qualname, was.co_firstlineno]
        if not functions:
            raise Cold(f"nothing that is left of {was.co_qualname}")
        for function in functions:
            try:
                function.__code__ = will_be
            except ValueError as error:  # it looks at other variables around it
                raise Cold(str(error)) from error


def _functions_of(path: str) -> Mapping[Key, list[FunctionType]]:
    found: dict[Key, list[FunctionType]] = defaultdict(list)
    gc.unfreeze()
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename == path:
            found[each.__code__.co_qualname, each.__code__.co_firstlineno].append(each)
    gc.freeze()
    return found


def _changed(old: CodeType, new: CodeType) -> Iterator[Pair]:
    """The outermost functions that differ. Raises Cold."""
    if _does(old) != _does(new):
        raise Cold(f"{old.co_qualname} has run")
    for was, will_be in zip(_within(old), _within(new), strict=True):
        if not was.co_flags & CO_OPTIMIZED:  # the body of a class, which runs as the file is read
            yield from _changed(was, will_be)
        elif not _is_same(was, will_be):
            yield was, will_be


def _is_same(old: CodeType, new: CodeType) -> bool:
    inner = list(zip(_within(old), _within(new), strict=False))
    return _does(old) == _does(new) and all(_is_same(was, will_be) for was, will_be in inner)


def _does(code: CodeType) -> tuple[object, ...]:
    consts = tuple("code" if isinstance(each, CodeType) else (type(each), each) for each in code.co_consts)
    return consts, *(getattr(code, name) for name in _DOES)


def _within(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]
