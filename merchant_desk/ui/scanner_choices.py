"""A desk's scanner settings as plain data, to be kept in a file, and back."""

import logging
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import GsKey, Layout, ScannerSettings, Terminator

_IDENTITY = ("baud", "vendor", "product", "serial_number")

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


def serial_to_plain(where: SerialSettings) -> dict[str, Any]:
    """Return what a serial scanner is known by beside its port's name."""
    return {name: getattr(where, name) for name in _IDENTITY}


def serial_from_plain(port: str, told: Mapping[str, Any]) -> SerialSettings:
    """Return where a serial scanner is; what makes no sense is left out, and the port's name counts alone."""
    plain = SerialSettings(port)
    kept = {name: told.get(name, getattr(plain, name)) for name in _IDENTITY}
    if any(type(kept[name]) is not type(getattr(plain, name)) for name in _IDENTITY):
        log.info("a serial scanner's identity was not understood: %s", sorted(told))
        return plain
    return SerialSettings(port, **kept)


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
