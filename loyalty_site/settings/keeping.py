"""Where backups are, what they are encrypted by, and for how long they are kept: `loyalty_site.keeping`."""

from typing import Any

from loyalty_site.settings import backends
from loyalty_site.settings.variables import Environment

__all__ = ["BACKUP_DAYS", "BACKUP_KEY", "BACKUP_KEY_FILE", "BACKUP_STORAGES"]
_env = Environment()
_folder = _env.str("BACKUP_FOLDER", default="")

# Another place than a folder, as a bucket of S3, is another storage of this name.
BACKUP_STORAGES: dict[str, dict[str, Any]] = (
    {"backups": backends.folder_for_backups(_folder)} if _folder else {}
)
BACKUP_KEY = _env.str("BACKUP_KEY", default="")
BACKUP_KEY_FILE = _env.str("BACKUP_KEY_FILE", default="")
BACKUP_DAYS = _env.int("BACKUP_DAYS", default=14)
