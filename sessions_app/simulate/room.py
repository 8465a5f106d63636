"""Whether the disk of a database has room for a made-up registry."""

import os
import shutil
from pathlib import Path
from typing import Any

from sessions_app.rules.published import MEAN_SESSIONS

EACH = 110_000  # bytes of a session with its rows, indexes and audit events (docs/performance.md)
BESIDES = 2_000_000_000  # what an empty database, its log of changes and what is sorted on the disk take

FOLDER = """
SELECT CASE WHEN inet_server_addr() IS NULL AND pg_has_role('pg_read_all_settings', 'USAGE')
THEN current_setting('data_directory') END
"""


def needed(patients: int) -> int:
    """Bytes, some."""
    return BESIDES + round(patients * MEAN_SESSIONS) * EACH


def folder_of(cursor: Any) -> Path | None:
    """Where the server keeps its data. None where that is another machine's disk, or the role may not know it."""
    cursor.execute(FOLDER)
    (folder,) = cursor.fetchone()
    return Path(folder) if folder and os.access(folder, os.F_OK) else None


def missing(patients: int, folder: Path) -> int:
    """Bytes that this disk has not."""
    return max(0, needed(patients) - shutil.disk_usage(folder).free)
