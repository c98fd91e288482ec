"""The scenes of the gallery: a window with sample screens in a certain state."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from merchant_desk.ui.actions import Action
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.texts.formats import HOUR, MINUTE
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.busy import BusyOverlay
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.panel import page
from merchant_desk.ui.window.screens import Badge, ScreenContext, ScreenSpec
from merchant_desk.ui.window.status_line import DeskStatus, ScannerState, SoundState
from merchant_desk.ui.window.sync_indicator import SyncState
from merchant_desk.ui.window.window import DeskWindow, WindowParts
from tests.ui.samples.lists import orders
from tests.ui.samples.station import inbound, panels
from tests.ui.samples.sync import sync_centre
from tests.ui.samples.words import NOW, ZONE, pick

SPECS = (
    ("workbench", "group.overview", "layout-dashboard", None),
    ("inbound", "group.work", "package-plus", None),
    ("outbound", "group.work", "package-check", Badge(18)),
    ("stocktake", "group.work", "clipboard-check", Badge(2)),
    ("transfer", "group.work", "arrow-left-right", None),
    ("lookup", "group.work", "scan-barcode", None),
    ("orders", "group.business", "shopping-cart", Badge(126)),
    ("products", "group.business", "package", None),
    ("stock", "group.business", "boxes", None),
    ("purchasing", "group.business", "truck", Badge(3)),
    ("customers", "group.business", "users", None),
    ("sync", "group.system", "refresh-cw", Badge(2, Tone.REFUSED)),
    ("settings", "group.system", "settings", None),
)

BUILDERS: dict[str, Callable[[ScreenContext], QWidget]] = {
    "inbound": inbound,
    "orders": orders,
    "sync": sync_centre,
    "lookup": panels,
}


def plain(context: ScreenContext) -> QWidget:
    """Return a screen with nothing on it yet."""
    screen, column = page()
    empty = EmptyState(context.look)
    empty.set_texts(
        context.look.text("table.empty"),
        context.look.text("table.empty_hint"),
        icon="package-open",
        action="F5",
        run=lambda: None,
    )
    column.addWidget(empty, 1)
    return screen


def nothing() -> None:
    """Do nothing: what a sample's action does."""


ACTIONS = (
    Action("receipt.finish", "screen.receipts", nothing, "F12", "check", "actions.document", "inbound"),
    Action("scan.undo", "screen.counts", nothing, "Ctrl+Z", "undo-2", "actions.station", "inbound"),
)


def _same(badge: Badge) -> Badge:
    return badge


def sample_window(look: Look, runner: TaskRunner) -> DeskWindow:
    """Return the shell with sample screens, offline for two hours."""
    look.language.move(ZONE)
    specs = [
        ScreenSpec(
            name,
            group,
            f"screen.{name}",
            icon,
            BUILDERS.get(name, plain),
            badge=partial(_same, badge) if badge else None,
        )
        for name, group, icon, badge in SPECS
    ]
    window = DeskWindow(WindowParts(look, runner, specs, now=lambda: NOW))
    window.commands.add(ACTIONS)
    window.show_person(pick(look.language, "店长", "Manager"))
    window.show_sync(SyncState("offline", 37, NOW - 2 * HOUR, NOW - 2 * HOUR - 14 * MINUTE))
    place = (("青石供销社", "Qingshi Co-op"), ("城关门店", "Chengguan"), ("工作台 03", "Desk 03"))
    here = tuple(pick(look.language, *names) for names in place)
    scanner = "Zebra DS2208 (USB-COM)"
    window.status_line.show_status(DeskStatus(scanner, ScannerState.READY, "", SoundState.ON, "A-03-2", here))
    return window


def show_inbound(window: DeskWindow) -> None:
    """Scene: the station."""
    window.go("inbound")


def show_orders(window: DeskWindow) -> None:
    """Scene: the queue, synced, a colleague's desk silent."""
    window.show_sync(
        SyncState("online", 0, None, NOW - 3_000_000, unsent_elsewhere=(("工作台 02", NOW - 9 * HOUR),))
    )
    window.go("orders")


def show_sync(window: DeskWindow) -> None:
    """Scene: the sync centre, server unreachable, demo data."""
    window.show_sync(SyncState("unreachable", 37, NOW - 2 * HOUR, NOW - 2 * HOUR, tasks=2, demo=True))
    window.go("sync")


def show_panels(window: DeskWindow) -> None:
    """Scene: the other states of the last-scan panel, and notices."""
    window.go("lookup")


def show_palette(window: DeskWindow) -> None:
    """Scene: search and commands."""
    window.go("inbound")
    window.open_palette()


def show_help(window: DeskWindow) -> None:
    """Scene: the sheet of keys."""
    window.go("inbound")
    window.open_help()


def show_empty(window: DeskWindow) -> None:
    """Scene: an empty screen with notices, tasks waiting."""
    say = window.context.look.language
    window.show_sync(SyncState("online", 0, None, NOW, tasks=2))
    window.go("products")
    window.notices.tell(
        pick(say, "收货单 RC-03-000218 已完成", "Receipt RC-03-000218 is finished"),
        Tone.OK,
        pick(say, "278 件已入库，等待发送。", "278 pcs are in, waiting to be sent."),
    )
    window.notices.tell(pick(say, "扫描枪已拔出", "The scanner was unplugged"), Tone.WARNING)
    window.notices.tell(pick(say, "商品编码已存在：A-1001", "The SKU exists already: A-1001"), Tone.REFUSED)


def show_busy(window: DeskWindow) -> None:
    """Scene: an import under way."""
    say = window.context.look.language
    window.go("orders")
    busy = BusyOverlay(window.context.look, window)
    busy.begin(pick(say, "正在导入 online_retail.csv", "Importing online_retail.csv"), lambda: None)
    busy.show_progress(182_000, 541_909)


def show_form(window: DeskWindow) -> QWidget:
    """Scene: a form with errors, drawn in the window's place."""
    look = window.context.look
    say = look.language
    window.go("products")
    dialog = FormDialog(
        look,
        window,
        pick(say, "新建商品", "New product"),
        lambda: {
            "sku": pick(say, "这个编码已被「青岛啤酒」使用", "Tsingtao beer has this SKU"),
            "": pick(say, "有 1 处需要修改", "1 thing to mend"),
        },
        note=pick(say, "条码可以稍后学习。", "Barcodes can be learned later."),
    )
    dialog.add_field("sku", pick(say, "商品编码", "SKU"), QLineEdit("A-1001"))
    dialog.add_field(
        "name",
        pick(say, "名称", "Name"),
        QLineEdit(pick(say, "青岛啤酒 500ml", "Tsingtao 500 ml")),
        pick(say, "标签和单据上显示", "shown on labels and documents"),
    )
    dialog.add_field("note", pick(say, "备注", "Note"), QPlainTextEdit())
    dialog.try_submit()
    dialog.setParent(window.centralWidget())
    dialog.move(320, 120)
    dialog.resize(460, 460)
    dialog.show()
    return dialog


SCENES: dict[str, Callable[[DeskWindow], QWidget | None]] = {
    "inbound": show_inbound,
    "orders": show_orders,
    "sync": show_sync,
    "panels": show_panels,
    "palette": show_palette,
    "help": show_help,
    "empty": show_empty,
    "busy": show_busy,
    "form": show_form,
}
