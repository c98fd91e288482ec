"""Every setting of the product, declared once: whoever draws, sets, reads or prints them begins here."""

import codecs
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.naming import MOST_CODE
from merchant_desk.domain.printers import check_named
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scale_codes import SCALE_PREFIXES, scale_pattern
from merchant_desk.domain.scan_checks import ABSURD_UNITS, DEFAULT_POLICIES, Limits, Policy
from merchant_desk.domain.setting_kinds import Choice, Clock, Keys, Listed, Several, Switch, Whole, Words
from merchant_desk.domain.settings import Decisions, Level, Setting

SHOP = (Level.MERCHANT, Level.OUTLET)
OWN = (Level.DESK, Level.PERSON)
HERE = (Level.DESK,)

# -- what checks at the scan lead to, how scales write codes ----------------------------------------


CHECKS: Mapping[tuple[str, str], Setting[str]] = MappingProxyType(
    {
        (station, check): Setting(
            f"check.{station}.{check}",
            f"checks_{station}",
            Choice(tuple(Policy), "policy"),
            str(policy),
            SHOP,
        )
        for station, checks in DEFAULT_POLICIES.items()
        for check, policy in checks.items()
    }
)
"""By station and check."""

SCALE_DEFAULTS = MappingProxyType({"21": "21IIIIIWW.WWWK", "22": "22IIIIIPPP.PPK"})
"""Weight in grams, price in cents."""


def _check_scale(prefix: str, written: str) -> None:
    if written:
        scale_pattern(prefix, written)


SCALES: Mapping[str, Setting[str]] = MappingProxyType(
    {
        prefix: Setting(
            f"scale.{prefix}",
            "scales",
            Words(32, partial(_check_scale, prefix)),
            SCALE_DEFAULTS.get(prefix, ""),
            SHOP,
        )
        for prefix in SCALE_PREFIXES
    }
)
"""By prefix; empty: codes with this prefix are read as any other."""


def policies_of(decisions: Decisions) -> dict[str, dict[str, Policy]]:
    """Return what every check leads to, by station."""
    found: dict[str, dict[str, Policy]] = {}
    for (station, check), setting in CHECKS.items():
        found.setdefault(station, {})[check] = Policy(decisions.value(setting))
    return found


def patterns_of(decisions: Decisions) -> tuple[InStorePattern, ...]:
    """Return how the outlet's scales write their codes, by prefix."""
    written = {prefix: decisions.value(setting) for prefix, setting in SCALES.items()}
    return tuple(scale_pattern(prefix, layout) for prefix, layout in written.items() if layout)


# -- how much is too much ---------------------------------------------------------------------------

OVER_PERCENT = Setting("goods.over_percent", "goods", Whole(0, 100, "percent"), 0, SHOP)
DAYS_LEFT = Setting("goods.days_left", "goods", Whole(0, 3_650, "days"), 0, SHOP)
ABSURD = Setting("goods.absurd_quantity", "goods", Whole(1, 1_000_000), ABSURD_UNITS, SHOP)
"""Whole base units."""


def limits_of(decisions: Decisions, today: int) -> Limits:
    """Return what scans are checked against on a business day, yyyymmdd."""
    absurd = decisions.value(ABSURD) * MICRO
    return Limits(today, decisions.value(OVER_PERCENT), absurd, decisions.value(DAYS_LEFT))


# -- when an outlet's day is ------------------------------------------------------------------------


def check_zone(name: str) -> None:
    """Refuse (`unknown_zone`) what is no IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("unknown_zone", zone=name) from None


ZONE = Setting("outlet.zone", "outlet", Words(60, check_zone), "Asia/Shanghai", SHOP)
DAY_START = Setting("outlet.day_start", "outlet", Clock(), 0, SHOP)
"""Minutes after midnight at which a business day begins."""

WAREHOUSE = Setting("desk.warehouse", "outlet", Words(MOST_CODE), "", HERE, kept=True)
"""The code of the warehouse that this desk works in; counts where its outlet has more than one."""

# -- prices and parcels -----------------------------------------------------------------------------

PRICES_INCLUDE_TAX = Setting("prices.include_tax", "prices", Switch(), default=True, levels=(Level.MERCHANT,))
USUAL_TAX = Setting("prices.usual_tax", "prices", Words(MOST_CODE), "", (Level.MERCHANT,), kept=True)
"""The code of the tax of all products that have none of their own; empty: they bear none."""

USUAL_CARRIER = Setting("parcels.usual_carrier", "parcels", Words(MOST_CODE), "", SHOP, kept=True)
"""The code of the carrier that a parcel goes with unless somebody says another; empty: nobody is named."""

# -- what people see and hear -----------------------------------------------------------------------

LANGUAGE = Setting("look.language", "look", Choice(("zh_CN", "en")), "zh_CN", OWN)
COLOURS = Setting("look.colours", "look", Choice(("light", "dark")), "light", OWN)
SOUNDS = Setting("sounds.on", "sounds", Switch(), default=True, levels=HERE)
VOLUME = Setting("sounds.volume", "sounds", Whole(0, 100, "percent"), 100, HERE)
LOCK_MINUTES = Setting(
    "lock.minutes", "lock", Whole(0, 480, "minutes"), 15, (*SHOP, Level.DESK), desk_right="organise"
)

WINDOW_WIDTH = Setting("window.width", "window", Whole(0, 20_000, "pixels"), 0, HERE, kept=True)
WINDOW_HEIGHT = Setting("window.height", "window", Whole(0, 20_000, "pixels"), 0, HERE, kept=True)
WINDOW_MAXIMIZED = Setting("window.maximized", "window", Switch(), default=False, levels=HERE, kept=True)

# -- how this desk's scanners talk ------------------------------------------------------------------


def _check_encoding(name: str) -> None:
    try:
        codecs.lookup(name)
    except LookupError:
        raise Refusal("unknown_encoding", encoding=name) from None


_MS = Whole(1, 60_000, "ms")
_ENDS = Several(("enter", "tab", "suffix", "silence"), least=1)
_GS_KEYS = Several(("ctrl+]", "f8", "alt+029"))

SCANNER: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        name: Setting(f"scanner.{name}", "scanner", kind, default, HERE)
        for name, kind, default in (
            ("gap_ms", _MS, 35),
            ("framed_gap_ms", _MS, 60),
            ("grace_ms", _MS, 15),
            ("min_length", Whole(1, 100, "characters"), 4),
            ("bounce_ms", Whole(0, 60_000, "ms"), 400),
            ("terminators", _ENDS, ("enter", "tab", "silence")),
            ("prefix", Keys(), ""),
            ("suffix", Keys(), ""),
            ("gs_keys", _GS_KEYS, _GS_KEYS.options),
            ("gs_substitutes", Listed(), ()),
            ("strip_aim", Switch(), True),
            ("layout", Choice(("us", "host")), "us"),
            ("rollover", Switch(), False),
            ("repeats_terminator", Switch(), False),
            ("unframed", Switch(), True),
            ("encoding", Words(40, _check_encoding), "utf-8"),
        )
    }
)
"""By the name of the habit; a scanner is taught once and knows them all."""

SERIAL: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        name: Setting(f"scanner.{name}", "scanner", kind, default, HERE, kept=True)
        for name, kind, default in (
            ("port", Words(), ""),
            ("baud", Whole(1, 10_000_000), 9_600),
            ("vendor", Whole(0, 0xFFFF), 0),
            ("product", Whole(0, 0xFFFF), 0),
            ("serial_number", Words(), ""),
        )
    }
)
"""Where a serial scanner is; no port: scanners are keyboards."""

SCANNER_READY = Setting("scanner.ready_on", "scanner", Whole(0, 99_991_231), 0, HERE, kept=True)
"""The day, yyyymmdd, on which the scanner passed its trial; see `scanner_trial.ready_day`."""

# -- what this desk prints on -----------------------------------------------------------------------

PRINTERS = Setting("printers.named", "printers", Listed(400, check_named), (), HERE, kept=True)
"""Each as `printers.Printer.written`, the usual ones first."""

# -- what a new shop decides ------------------------------------------------------------------------

SERVER_REACHABLE = Setting(
    "server.reachable", "founding", Switch(), default=False, levels=HERE, desk_right="organise"
)
"""Of the desk on which the shop was founded: whether its server can be reached from other computers."""

SETUP_CLOSED = Setting("setup.closed", "founding", Switch(), default=False, levels=SHOP)
"""Whether nobody need be led through getting ready any more."""


_ALL: tuple[Setting[Any], ...] = (
    *(LANGUAGE, COLOURS, SOUNDS, VOLUME, LOCK_MINUTES),
    *(ZONE, DAY_START, WAREHOUSE, OVER_PERCENT, DAYS_LEFT, ABSURD),
    *(PRICES_INCLUDE_TAX, USUAL_TAX, USUAL_CARRIER),
    *CHECKS.values(),
    *SCALES.values(),
    *SCANNER.values(),
    *SERIAL.values(),
    *(SCANNER_READY, PRINTERS),
    *(SERVER_REACHABLE, SETUP_CLOSED),
    *(WINDOW_WIDTH, WINDOW_HEIGHT, WINDOW_MAXIMIZED),
)

KNOWN: Mapping[str, Setting[Any]] = MappingProxyType({setting.key: setting for setting in _ALL})
"""By key, in the order in which they are shown."""


TOGETHER = frozenset(SCANNER[name].key for name in ("terminators", "suffix", "unframed", "prefix"))
"""The keys of settings that must go together."""


def check_together(decisions: Decisions) -> None:
    """Refuse what each setting allows and all of them do not.

    Raises:
        Refusal: `scanner_needs_suffix`, `scanner_needs_prefix`.
    """
    if "suffix" in decisions.value(SCANNER["terminators"]) and not decisions.value(SCANNER["suffix"]):
        raise Refusal("scanner_needs_suffix")
    if not decisions.value(SCANNER["unframed"]) and not decisions.value(SCANNER["prefix"]):
        raise Refusal("scanner_needs_prefix")


def setting_of(key: str) -> Setting[Any]:
    """Return a setting by its key.

    Raises:
        Refusal: `unknown_setting`.
    """
    found = KNOWN.get(key)
    if found is None:
        raise Refusal("unknown_setting", setting=key)
    return found
