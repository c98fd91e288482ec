"""Putting a profile aside that does not open: nothing of it is deleted, and its place is free again."""

import time
from pathlib import Path

from merchant_desk.models.faults import file_fault
from merchant_desk.models.profile_lock import ProfileLock


def put_aside(folder: Path) -> Path:
    """Give a profile's folder another name beside it, by day and time (UTC), and return that.

    Raises:
        AlreadyOpen: somebody works with it.
        FileUnusable, StorageFailed: it cannot be renamed; all is as it was.
    """
    ProfileLock(folder).release()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    aside = folder.with_name(f"{folder.name}-aside-{stamp}")
    try:
        return folder.rename(aside)
    except OSError as error:
        raise file_fault(error, folder) from error
