"""Where files are: uploads, kept wholly or not at all; and static files for production.

Static files are compressed, and named by their content, so that they are cached for ever.
"""

import errno
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from groundwork.errors import StorageFull

# From the beginning of a line: what looks like a comment within a string stands elsewhere. Code behind it stays.
COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*\n?|//[^\n]*\n)", re.MULTILINE)
OWN = ("terminal/", "pages/", "base.css")


def without_comments(text: str) -> str:
    """A script or stylesheet of ours as a browser needs it: the comments are for whoever reads the source."""
    return COMMENT.sub("", text)


class UploadStorage(FileSystemStorage):
    """Django's folder of uploads, in which nothing is left of a file that could not be written to its end."""

    def _save(self, name: str, content: File) -> str:
        """Keep a file; returns its name. Raises StorageFull, or what else the disk says."""
        try:
            return super()._save(name, content)
        except OSError as error:
            self.delete(name)  # a name of its own: `get_available_name` has looked
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull from error
            raise


class BareStorage:
    """Where files are collected from, with ours as they travel."""

    def __init__(self, source: Storage) -> None:
        self.source = source

    def open(self, name: str, mode: str = "rb") -> File:
        with self.source.open(name, mode) as file:
            return ContentFile(without_comments(file.read().decode()).encode(), name=name)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's manifest storage that also rewrites the imports of JavaScript modules."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        bare = {
            name: (BareStorage(storage), path) if _is_own_text(name) else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(bare, dry_run, **options)


def _is_own_text(name: str) -> bool:
    return name.startswith(OWN) and name.endswith((".js", ".css"))
