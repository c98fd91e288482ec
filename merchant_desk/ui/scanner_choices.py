"""A desk's scanner settings as plain data, to be kept in a file, and back."""

import logging
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from merchant_desk.ui.scanner.settings import GsKey, Layout, ScannerSettings, Terminator

log = logging.getLogger(__name__)


def to_plain(settings: ScannerSettings) -> dict[str, Any]:
    """Return settings as numbers, texts and lists."""
    told: dict[str, Any] = {}
    for field in fields(ScannerSettings):
        value = getattr(settings, field.name)
        if isinstance(value, frozenset):
            told[field.name] = sorted(str(part) for part in value)
        elif isinstance(value, tuple):
            told[field.name] = list(value)
        else:
            told[field.name] = str(value) if isinstance(value, Layout) else value
    return told


def from_plain(told: Mapping[str, Any]) -> ScannerSettings:
    """Return settings from plain data; what is missing or makes no sense leaves all as bought."""
    known = {field.name for field in fields(ScannerSettings)}
    kept = {name: value for name, value in told.items() if name in known}
    try:
        if "terminators" in kept:
            kept["terminators"] = frozenset(Terminator(part) for part in kept["terminators"])
        if "gs_keys" in kept:
            kept["gs_keys"] = frozenset(GsKey(part) for part in kept["gs_keys"])
        if "gs_substitutes" in kept:
            kept["gs_substitutes"] = tuple(str(part) for part in kept["gs_substitutes"])
        if "layout" in kept:
            kept["layout"] = Layout(kept["layout"])
        return ScannerSettings(**kept)
    except (TypeError, ValueError) as error:
        log.info("scanner settings were not understood: %s", error)
        return ScannerSettings()
