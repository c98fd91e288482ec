"""A desk's scanner settings as its scanners take them, and back."""

from typing import Any

from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import SCANNER, SERIAL
from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import GsKey, Layout, ScannerSettings, Terminator


def scanner_settings(decisions: Decisions) -> ScannerSettings:
    """Return how this desk's scanners talk."""
    told: dict[str, Any] = {name: decisions.value(setting) for name, setting in SCANNER.items()}
    told["terminators"] = frozenset(Terminator(one) for one in told["terminators"])
    told["gs_keys"] = frozenset(GsKey(one) for one in told["gs_keys"])
    told["layout"] = Layout(told["layout"])
    return ScannerSettings(**told)


def scanner_habits(settings: ScannerSettings) -> dict[str, Value]:
    """Return the habits of a scanner as settings, by key."""
    found: dict[str, Value] = {}
    for name, setting in SCANNER.items():
        value = getattr(settings, name)
        plain = tuple(str(one) for one in value) if isinstance(value, frozenset) else value
        found[setting.key] = setting.kind.judged(str(plain) if isinstance(plain, Layout) else plain)
    return found


def serial_settings(decisions: Decisions) -> SerialSettings | None:
    """Return where this desk's serial scanner is; None: scanners are keyboards."""
    told: dict[str, Any] = {name: decisions.value(setting) for name, setting in SERIAL.items()}
    return SerialSettings(**told) if told["port"] else None


def serial_habits(where: SerialSettings | None) -> dict[str, Value]:
    """Return where a serial scanner is as settings, by key."""
    return {
        setting.key: setting.default if where is None else getattr(where, name)
        for name, setting in SERIAL.items()
    }
