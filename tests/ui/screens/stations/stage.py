"""A window with the scan stations on a real desk, driven by keys and scans as a person drives it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSize, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import AddLocations, codes_of
from merchant_desk.domain.orders import AcceptOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from merchant_desk.models.queries.documents import documents
from merchant_desk.ui.background import Task, ThreadRunner
from merchant_desk.ui.changes import ChangeBridge, Watch
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.scan_router import ScanPlaces, ScanRouter
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.screens.lookup.screen import LookUpScreen
from merchant_desk.ui.screens.registry import ENTRIES, ScreenParts, screen_specs
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.search_feed import SearchFeed
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.last_scan import ScanState
from merchant_desk.ui.window.status_line import DeskStatus, ScannerState, SoundState
from merchant_desk.ui.window.sync_indicator import SyncState
from merchant_desk.ui.window.window import DeskWindow, WindowParts
from tests.helpers.scanner_wedge import Keyboard, send
from tests.helpers.shop import Shop

PATIENCE_MS = 10_000
LOOK_EVERY_MS = 3

STATIONS = ("inbound", "outbound", "stocktake", "lookup")


def check(digits: str) -> str:
    """Return an EAN-13 with its check digit."""
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


GOODS = (
    ("OIL-5", "大豆油 5L", "Soybean oil 5 l", "桶", 62, 4),
    ("NOODLE", "红烧牛肉面", "Beef noodles", "包", 4, 24),
    ("MILK-250", "纯牛奶 250ml", "Milk 250 ml", "盒", 3, 16),
    ("SOY-19", "生抽 1.9L", "Soy sauce 1.9 l", "瓶", 18, 6),
    ("TISSUE", "抽纸 10包", "Tissues × 10", "提", 26, 10),
)


class Floor(Shop):
    """A shop with more to scan: six products on a delivery, three orders, a dozen locations."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        super().__init__(folder, seed, "floor")
        self.skus = {"BEER-500": self.beer, "RICE-10": self.rice}
        self.codes = {"BEER-500": "9520000000011", "RICE-10": "9520000000028"}
        self.cartons = {"BEER-500": "19520000000018"}
        self.skus, self.codes, self.cartons = self.world.reach(self._fill_more)

    def _fill_more(self) -> tuple[dict[str, UUID], dict[str, str], dict[str, str]]:
        """Let the server know the rest; returns the products' ids, codes and codes of cartons."""
        self.fill()
        world, house, new_id = self.world, self.world.server.house, self.world.chance.new_id
        for n, (sku, name, english, unit, price, carton) in enumerate(GOODS, start=10):
            self.skus[sku] = new_id()
            self.codes[sku] = check(f"95200000{n:04}")
            self.cartons[sku] = check(f"95201000{n:04}")
            expires = sku == "MILK-250"
            packs = (
                Barcode(self.codes[sku], f"0{self.codes[sku]}", MICRO, unit),
                Barcode(self.cartons[sku], f"0{self.cartons[sku]}", carton * MICRO, "箱"),
            )
            item = NewSku(
                self.skus[sku], sku, name, english, "", unit, price * MICRO, expires, expires,
                180 if expires else 0, 30 if expires else 0, packs,
            )  # fmt: skip
            house.do(world.merchant_id, AddProduct(item))
        racks = AddLocations(world.outlet, world.warehouse, "storage", codes_of("[B-C]-0[1-4]"))
        house.do(world.merchant_id, racks)
        self.delivery("PO-2611-0457", 20251121, ("BEER-500", 60), ("OIL-5", 24), ("NOODLE", 72),
                      ("MILK-250", 64), ("SOY-19", 18), ("TISSUE", 40))  # fmt: skip
        self.delivery("PO-2611-0460", 20251122, ("TISSUE", 60), ("SOY-19", 36))
        self.delivery("PO-2611-0463", 20251125, ("NOODLE", 240))
        return self.skus, self.codes, self.cartons

    def twin(self) -> None:
        """Let another product go by the soy sauce's code."""
        code = self.codes["SOY-19"]
        packs = (Barcode(code, f"0{code}", MICRO, "瓶"),)
        item = NewSku(
            self.world.chance.new_id(), "SOY-19-OLD", "生抽 1.9L（旧包装）", "Soy sauce 1.9 l (old pack)", "",
            "瓶", 17 * MICRO, False, False, 0, 0, packs,
        )  # fmt: skip
        self.world.server.house.do(self.world.merchant_id, AddProduct(item))

    def last_document(self, desk: Desk, kind: str) -> UUID:
        """Return the document that was opened last."""
        return desk.ask(lambda connection: documents(connection, kind, most=1))[0].id

    def delivery(self, number: str, due: int, *lines: tuple[str, int]) -> None:
        """Send a purchase order of whole units."""
        world, new_id, order_id = self.world, self.world.chance.new_id, self.world.chance.new_id()
        made = tuple(PurchaseLine(new_id(), self.skus[sku], n * MICRO, 3 * MICRO) for sku, n in lines)
        order = PlacePurchaseOrder(order_id, number, world.outlet, world.warehouse, self.supplier, due, made)
        world.server.house.do(world.merchant_id, order, SendPurchaseOrder(order_id, world.outlet))

    def sale(self, number: str, buyer: str, hours: int, *lines: tuple[str, int]) -> None:
        """Place and accept an order that must leave within so many hours."""
        world, new_id, order_id = self.world, self.world.chance.new_id, self.world.chance.new_id()
        made = tuple(OrderLine(new_id(), self.skus[sku], n * MICRO, 5 * MICRO, 500 * n) for sku, n in lines)
        due = world.chance.now + hours * 3_600_000_000
        new = NewOrder(
            order_id, number, "门店", world.warehouse, None, buyer, "review", world.chance.now, due,
            0, 0, made,
        )  # fmt: skip
        world.server.house.do(
            world.merchant_id, PlaceOrder(world.outlet, new), AcceptOrder(order_id, world.outlet)
        )


class Tones(Sounds):
    """Keeps what would be heard: there is no loudspeaker here."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Sound] = []

    def play(self, sound: Sound) -> None:
        self.heard.append(sound)
        super().play(sound)


class WatchedRunner(ThreadRunner):
    """A runner that knows whether anything is on its way."""

    def __init__(self) -> None:
        super().__init__(2)
        self._tasks: list[Task] = []

    @property
    def busy(self) -> bool:
        """Whether a result has not been delivered yet."""
        self._tasks = [task for task in self._tasks if not task._dropped]
        return bool(self._tasks)

    def run(self, *args: Any, **options: Any) -> Task:
        return self._watch(super().run(*args, **options))

    def run_in_order(self, *args: Any, **options: Any) -> Task:
        return self._watch(super().run_in_order(*args, **options))

    def _watch(self, task: Task) -> Task:
        self._tasks.append(task)
        return task


class Stage:
    """The window, its desk, and hands."""

    def __init__(self, app: QApplication, look: Look, desk: Desk, rights: Callable[[str], bool]) -> None:
        self.app = app
        self.look = look
        self.desk = desk
        self.runner = WatchedRunner()
        self.changes = ChangeBridge(desk.runtime.listen)
        self.hub = ScannerHub(app)
        self.tones = Tones()
        self.location = ""
        self.closed = False
        self.size = QSize(1600, 1000)
        self.badges: list[str] = []
        self.printing = PrintService(lambda: desk.settings.local, look)
        parts = ScreenParts(
            desk,
            self.hub,
            self.tones,
            self.changes,
            desk.runtime.clock,
            self._note_location,
            rights,
            self.printing,
        )
        specs = screen_specs(parts, {}, ENTRIES)
        self.search = SearchFeed(desk.runtime, lambda changes: None)
        self.search.start()
        self.window = DeskWindow(WindowParts(look, self.runner, specs, desk.runtime.clock, rights))
        self.printing.serve(self.window.notices)
        places = ScanPlaces(
            lambda: self.window.built(self.window.current),
            self._go,
            lambda: False,
            self.badges.append,
            lambda refused: None,
            lambda scan: None,
        )
        self.router = ScanRouter(self.hub, places, self.window)

    def open(self, station: str) -> "Stage":
        """Show the window with a station in front."""
        self.window.resize(self.size)
        self.window.show()
        self.window.activateWindow()
        self.window.go(station)
        self.settle()
        return self

    @property
    def screen(self) -> StationScreen:
        """The station in front."""
        screen = self.window.built(self.window.current)
        assert isinstance(screen, StationScreen)
        return screen

    def scan(self, *codes: str) -> "Stage":
        """Scan with a wedge that types 2 ms a key into whatever has the focus; wait for each result."""
        for code in codes:
            self.burst(code)
            self.settle()
        return self

    def burst(self, *codes: str) -> None:
        """Scan codes one right after the other."""
        handle = self.window.windowHandle()
        assert handle is not None
        at = 0.0
        for code in codes:
            plan = Keyboard().plan(f"{code}\r", at)
            begun = _now_ms()
            for event in plan:
                send(handle, event, begun + int(event.at_ms))
            at = plan[-1].at_ms + 60

    def press(self, *keys: object) -> "Stage":
        """Press keys, given as `Qt.Key` or (key, modifier), as the window system would."""
        for key in keys:
            handle = self.window.windowHandle()
            assert handle is not None
            if isinstance(key, tuple):
                QTest.keyClick(handle, key[0], key[1])
            else:
                QTest.keyClick(handle, key)  # type: ignore[call-overload]
            self.settle(70)
        return self

    def type(self, text: str) -> "Stage":
        """Type like a person, into whatever has the focus, and reach for the scanner then.

        No hand pulls a trigger within 120 ms of its last key; a burst that follows a key sooner is taken for
        the rest of a scan whose head was lost, and refused.
        """
        handle = self.window.windowHandle()
        assert handle is not None
        for event in Keyboard(key_ms=120, hold_ms=60).plan(text):
            send(handle, event, _now_ms())
            self.settle(45 if event.press else 75)
        self.settle(80)
        return self

    def settle(self, quiet_ms: int = 0) -> None:
        """Let the window work until nothing is on its way any more, and `quiet_ms` longer."""
        loop, waited = QEventLoop(), [False]
        # With a time limit processEvents does not wait but spins: what is to end would get no processor.
        tick = QTimer(interval=LOOK_EVERY_MS)
        tick.start()
        timer = QTimer(singleShot=True)
        timer.timeout.connect(lambda: waited.__setitem__(0, True))
        timer.start(quiet_ms)
        give_up = QTimer(singleShot=True)
        give_up.timeout.connect(loop.quit)
        give_up.start(PATIENCE_MS)
        while give_up.isActive():
            loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if waited[0] and not self._busy():
                break
        assert give_up.isActive(), "the window never came to rest"
        give_up.stop()
        tick.stop()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    @property
    def lookup(self) -> LookUpScreen:
        """The look-up station in front."""
        screen = self.window.built(self.window.current)
        assert isinstance(screen, LookUpScreen)
        return screen

    @property
    def document(self) -> str:
        """What the open document is about (an order, a location), else its own number; empty without one."""
        sheet = self.screen.sheet
        return "" if sheet is None else sheet.about or sheet.number

    def asking(self) -> StationSheet | None:
        """Return what lies over the tables."""
        return self.screen.sheets.open_sheet

    @property
    def headline(self) -> str:
        """What the panel says in very large type."""
        return self.screen.panel.large.scan.headline

    @property
    def state(self) -> ScanState:
        """The panel's state, which is its colour and its shape."""
        return self.screen.panel.large.scan.state

    def done(self, sku: str) -> int:
        """Return how many whole units of a product the lines show."""
        line = next(line for line in self.screen.lines.lines if line.sku == sku)
        return line.done // MICRO

    def words(self, widget: QWidget | None = None) -> str:
        """Return what the panel says."""
        scan = self.screen.panel.large.scan
        return f"{scan.headline} | {scan.detail} | {', '.join(chip.text for chip in scan.chips)}"

    def close(self) -> None:
        """Close window, threads and listeners."""
        self.closed = True
        self.window.close()
        self.search.close()
        self.hub.close()
        self.changes.close()
        self.printing.close()
        self.runner.close()
        self.window.deleteLater()
        self.hub.deleteLater()
        self.changes.deleteLater()
        self.printing.deleteLater()
        self.runner.deleteLater()
        self.tones.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def wait_for_search(self) -> None:
        """Wait until every row can be found by name."""
        deadline = _now_ms() + PATIENCE_MS
        while self.search.behind:
            assert _now_ms() < deadline, "the search index never caught up"
            self.settle(20)

    def _busy(self) -> bool:
        """Ask what costs least first: this is asked some thousand times a test."""
        if self.runner.busy or self.desk.runtime.writer.waiting or self.hub.holding or self.changes._posted:
            return True
        screens = [self.window.built(name) for name in STATIONS]
        known = [screen for screen in screens if isinstance(screen, StationScreen | LookUpScreen)]
        if any(screen.control.queue for screen in known):
            return True
        stations = [screen for screen in known if isinstance(screen, StationScreen)]
        if any(screen._unlisted or screen.data.behind for screen in stations):
            return True
        if any(screen.start.guarded and screen.start.isVisible() for screen in stations):
            return True
        if any(sheet.guarded and sheet.isVisible() for sheet in self.window.findChildren(StationSheet)):
            return True
        return any(watch.dirty and watch._owner.isVisible() for watch in self.window.findChildren(Watch))

    def _go(self, name: str) -> object:
        self.window.go(name)
        return self.window.built(name)

    def _note_location(self, code: str) -> None:
        self.location = code
        places = ("青石供销社", "城关门店", "工作台 03")
        status = DeskStatus("Zebra DS2208 (USB-COM)", ScannerState.READY, "", SoundState.ON, code, places)
        self.window.status_line.show_status(status)


def offline(stage: Stage) -> None:
    """Let the window say that it is offline, as in the mockup."""
    now = stage.desk.runtime.clock()
    stage.window.show_sync(SyncState("offline", 37, now - 7_200_000_000, now - 8_040_000_000))
    stage.window.show_person("店长")


def _now_ms() -> int:
    import time

    return time.monotonic_ns() // 1_000_000


Codes = Sequence[str]
