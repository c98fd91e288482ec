"""What a support bundle says of the machine: versions, system, and how quick disk and processor are."""

import hashlib
import locale
import os
import platform
import shutil
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from statistics import median
from typing import Any

from sqlcipher3 import dbapi2

from merchant_desk.models.migrate import HEAD
from merchant_desk.models.private_files import sync_to_disk
from merchant_desk.sync.profile_health import MEGABYTE

WRITES = 20
PAGE = 4096
HASHED = 8 << 20


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python and of every library that it names."""
    found = {"python": platform.python_version(), "sqlite": dbapi2.sqlite_version, "schema": HEAD}
    for line in ("merchant-desk", *(requires("merchant-desk") or ())):
        name = line.partition(";")[0].strip()
        for mark in "<>=!~[ (":
            name = name.partition(mark)[0]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def system(folder: Path) -> dict[str, Any]:
    """Return what kind of machine this is; no name of it, of its user or of a path."""
    disk = shutil.disk_usage(folder)
    return {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "memory_megabytes": _memory() // MEGABYTE,
        "disk_megabytes": disk.total // MEGABYTE,
        "free_megabytes": disk.free // MEGABYTE,
        "language": (locale.getlocale()[0] or "").partition(".")[0],
        "utc_offset_minutes": -time.timezone // 60,
        "encoding": sys.getfilesystemencoding(),
    }


def performance(folder: Path) -> dict[str, float]:
    """Measure what a scan waits for on this machine: a durable write on the profile's disk, the processor.

    Raises:
        OSError: the disk takes no write.
    """
    waits = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(WRITES):
            begun = time.perf_counter()
            file.write(os.urandom(PAGE))
            file.flush()
            sync_to_disk(file.fileno())
            waits.append((time.perf_counter() - begun) * 1_000)
    content = bytes(HASHED)
    begun = time.perf_counter()
    hashlib.sha256(content).digest()
    hashed = time.perf_counter() - begun
    return {
        "durable_write_ms_median": round(median(waits), 3),
        "durable_write_ms_most": round(max(waits), 3),
        "sha256_megabytes_per_second": round(HASHED / MEGABYTE / hashed, 1),
    }


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0  # Windows tells it another way
