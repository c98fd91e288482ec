"""Every screen of the window, in the order of the navigation; their modules are loaded when first shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from merchant_desk.desk import Desk
from merchant_desk.ui.changes import ChangeBridge
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.session import IdleWatch
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.window.screens import Badge, ScreenContext, ScreenSpec

OVERVIEW, WORK, BUSINESS, SYSTEM = "group.overview", "group.work", "group.business", "group.system"


@dataclass(frozen=True, slots=True)
class ScreenParts:
    """What screens may use of the program, beside the window's `ScreenContext`.

    `now` is this computer's clock, microseconds UTC; `show_location(code)` writes the status line;
    `permitted(right)` tells whether the person who is signed in holds a right at this outlet. All that is
    printed goes through `printing`.
    `enrol_again` asks for a new code, where the server takes nothing from this desk any more.
    """

    desk: Desk
    hub: ScannerHub
    sounds: Sounds
    changes: ChangeBridge
    now: Callable[[], int]
    show_location: Callable[[str], None]
    permitted: Callable[[str], bool]
    printing: PrintService
    idle: IdleWatch | None = None
    enrol_again: Callable[[], None] = lambda: None


@runtime_checkable
class TakesScans(Protocol):
    """A screen that takes scans while it is in front. Others' scans go to the look-up screen.

    Badges of persons never arrive here: they switch the user.
    """

    def take_scan(self, scan: CapturedScan) -> None:
        """Take one scan, in order; must not block."""
        ...


@runtime_checkable
class Played(Protocol):
    """A screen that tells the key player how it is (see `ui/player.py`)."""

    def player_state(self) -> dict[str, Any]:
        """Return JSON-ready facts: last_result, waiting, held, busy (whether a scan is still being taken)."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen: `build` is "module:callable" under `ui.screens`, called with (parts, context)."""

    id: str
    group: str
    title: str
    icon: str
    build: str
    permission: str = ""
    key: str = ""


ENTRIES: tuple[Entry, ...] = (
    Entry("inbound", WORK, "screen.inbound", "package-plus", "inbound.screen:build"),
    Entry("outbound", WORK, "screen.outbound", "truck", "outbound.screen:build"),
    Entry("stocktake", WORK, "screen.stocktake", "clipboard-check", "stocktake.screen:build"),
    Entry("lookup", WORK, "screen.lookup", "search", "lookup.screen:build"),
    Entry("home", OVERVIEW, "screen.home", "layout-dashboard", "home.home:HomeScreen"),
    Entry("orders", BUSINESS, "screen.orders", "shopping-cart", "orders.orders:OrdersScreen"),
    Entry("products", BUSINESS, "screen.products", "package", "products.products:ProductsScreen"),
    Entry("stock", BUSINESS, "screen.stock", "boxes", "stock.stock:StockScreen"),
    Entry("locations", BUSINESS, "screen.locations", "map-pin", "locations.locations:LocationsScreen"),
    Entry("purchasing", BUSINESS, "screen.purchasing", "truck", "purchasing.purchasing:PurchasingScreen"),
    Entry(
        "suppliers",
        BUSINESS,
        "screen.suppliers",
        "id-card",
        "suppliers.suppliers:SuppliersScreen",
        "purchase",
    ),
    Entry("receipts", BUSINESS, "screen.receipts", "package-open", "documents.documents:receipts"),
    Entry("shipments", BUSINESS, "screen.shipments", "package", "documents.documents:shipments"),
    Entry(
        "carriers",
        BUSINESS,
        "screen.carriers",
        "package-check",
        "carriers.carriers:CarriersScreen",
        "organise",
    ),
    Entry("counts", BUSINESS, "screen.counts", "clipboard-list", "documents.documents:counts"),
    Entry("imports", BUSINESS, "screen.imports", "upload", "imports.imports:ImportsScreen", "import"),
    Entry("tasks", SYSTEM, "screen.tasks", "inbox", "tasks.tasks_screen:TasksScreen"),
    Entry("sync", SYSTEM, "screen.sync", "refresh-cw", "sync_centre.sync_centre:SyncCentre"),
    Entry("setup", SYSTEM, "screen.setup", "store", "setup.setup:SetupScreen", "organise", "Ctrl+Alt+G"),
    Entry("opening", SYSTEM, "screen.opening", "clipboard-list", "opening.opening:OpeningScreen", "organise"),
    Entry("outlets", SYSTEM, "screen.outlets", "warehouse", "outlets.outlets:OutletsScreen", "organise"),
    Entry("taxes", SYSTEM, "screen.taxes", "receipt", "taxes.taxes:TaxesScreen", "organise"),
    Entry("people", SYSTEM, "screen.people", "users", "people.people:PeopleScreen", "people"),
    Entry("moving", SYSTEM, "screen.moving", "arrow-left-right", "moving.moving:MovingScreen", "organise"),
    Entry("devices", SYSTEM, "screen.devices", "printer", "devices.devices:DevicesScreen"),
    Entry("doctor", SYSTEM, "screen.doctor", "shield-alert", "doctor.doctor:DoctorScreen"),
    Entry("settings", SYSTEM, "screen.settings", "settings", "settings.settings:SettingsScreen"),
)


def screen_specs(
    parts: ScreenParts, badges: Mapping[str, Callable[[], Badge | None]], entries: tuple[Entry, ...] = ENTRIES
) -> list[ScreenSpec]:
    """Return the screens as the window wants them; `badges` give the number beside a screen."""
    return [
        ScreenSpec(
            entry.id,
            entry.group,
            entry.title,
            entry.icon,
            partial(_build, entry.build, parts),
            badges.get(entry.id),
            entry.permission,
            entry.key,
        )
        for entry in entries
    ]


def load_modules(entries: tuple[Entry, ...] = ENTRIES) -> None:
    """Load the screens' modules, so that the first look at each is quick; runs beside the window."""
    for entry in entries:
        import_module(f"merchant_desk.ui.screens.{entry.build.partition(':')[0]}")


def _build(target: str, parts: ScreenParts, context: ScreenContext) -> QWidget:
    module, _, name = target.partition(":")
    make = getattr(import_module(f"merchant_desk.ui.screens.{module}"), name)
    screen = make(parts, context)
    assert isinstance(screen, QWidget)  # noqa: S101 - a wrong entry is a bug
    return screen
