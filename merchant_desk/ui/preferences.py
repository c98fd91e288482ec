"""What this desk's people chose for their window; kept beside the profile's database."""

import json
import logging
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from merchant_desk.ui.texts.catalogue import LanguageCode

FILE = "window.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Chosen looks and habits. `language` is empty and `dark` None until somebody chose.

    `lock_minutes` 0 never locks; `serial_port` is empty where scanners are keyboards,
    `serial_device` the USB device behind the port, `scanner` how keyboards talk (see `scanner_choices`).
    `width` and `height` are the window's when it is not `maximized`, 0 before it was ever closed.
    """

    language: str = ""
    dark: bool | None = None
    lock_minutes: int = 15
    muted: bool = False
    volume: int = 100
    serial_port: str = ""
    scanner: dict[str, Any] = field(default_factory=dict)
    serial_device: dict[str, Any] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    maximized: bool = False

    def given(self, language: str, *, dark: bool) -> "Preferences":
        """Return them with what is asked for at the start; Chinese and light give way to what was chosen."""
        speaks = language if language != LanguageCode.CHINESE or not self.language else self.language
        return replace(self, language=speaks, dark=dark or bool(self.dark))


def load(folder: Path) -> Preferences:
    """Return what was chosen; what is missing or makes no sense is as at the beginning."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Preferences()
    kept: dict[str, Any] = {}
    start = Preferences()
    for one in fields(Preferences):
        value = told.get(one.name) if isinstance(told, dict) else None
        kinds = (bool, type(None)) if one.name == "dark" else (type(getattr(start, one.name)),)
        if value is not None and type(value) in kinds:
            kept[one.name] = value
    found = replace(start, **kept)
    return replace(found, volume=min(100, max(0, found.volume)), lock_minutes=max(0, found.lock_minutes))


def save(folder: Path, chosen: Preferences) -> None:
    """Keep what was chosen, whole or not at all; a folder that cannot be written keeps what it had."""
    fresh = folder / f"{FILE}.new"
    try:
        fresh.write_text(json.dumps(asdict(chosen), indent=1), encoding="utf-8")
        fresh.replace(folder / FILE)
    except OSError as error:
        log.info("preferences were not saved: %s", error)
