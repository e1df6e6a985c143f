"""Where backups are, what they are encrypted by, and for how long they are kept: `loyalty_site.keeping`."""

from typing import Any

from loyalty_site.settings import backends
from loyalty_site.settings.variables import Environment

__all__ = ["BACKUP_DAYS", "BACKUP_KEY", "BACKUP_KEY_FILE", "BACKUP_STORAGES"]
_env = Environment()
BACKUP_STORAGES: dict[str, dict[str, Any]] = {}
if _address := _env.str("BACKUP_S3", default=""):
    BACKUP_STORAGES["backups"] = backends.bucket(_address, backends.BACKUP_WAITS)
elif _folder := _env.str("BACKUP_FOLDER", default=""):
    BACKUP_STORAGES["backups"] = backends.folder_for_backups(_folder)
BACKUP_KEY = _env.str("BACKUP_KEY", default="")
BACKUP_KEY_FILE = _env.str("BACKUP_KEY_FILE", default="")
BACKUP_DAYS = _env.int("BACKUP_DAYS", default=14)
