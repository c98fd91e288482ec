"""A sample scan station, in the shape of the mockup."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.keys import KeyHint
from merchant_desk.ui.widgets.last_scan import LastScan, LastScanPanel, RunningCount, ScanState
from merchant_desk.ui.widgets.panel import PageHead, Panel, page
from merchant_desk.ui.window.screens import ScreenContext
from tests.ui.samples.words import Line, chip_column, pick, words_column


def inbound(context: ScreenContext) -> QWidget:
    """Return the inbound station of the mockup."""
    look = context.look
    say = look.language
    screen, column = page()
    head = PageHead(look)
    head.set_texts(
        pick(say, "入库 · 采购到货", "Inbound · purchase delivery"),
        pick(
            say,
            "供应商：鲁北粮油批发 · 采购单 PO-2611-0457 · 6 种 / 278 件",
            "Lubei Grain · PO-2611-0457 · 6 SKUs / 278 pcs",
        ),
        "RC-03-000218",
    )
    for chinese, english, key, kind in (
        ("打印标签", "Print labels", "F7", Kind.SECONDARY),
        ("差异与拒收", "Differences", "F8", Kind.SECONDARY),
        ("完成收货", "Finish", "F12", Kind.PRIMARY),
    ):
        head.add_button(ActionButton(look, pick(say, chinese, english), key=key, kind=kind))
    column.addWidget(head)
    column.addWidget(last_scan(look, ScanState.ACCEPTED))
    row = QHBoxLayout()
    row.setSpacing(14)
    row.addWidget(deliveries(look), 1)
    row.addWidget(history(look), 1)
    column.addLayout(row, 1)
    return screen


def last_scan(look: Look, state: ScanState) -> LastScanPanel:
    """Return a filled last-scan panel."""
    say = look.language
    panel = LastScanPanel(look)
    panel.set_hints(
        [
            KeyHint(pick(say, "撤销上一扫", "Undo last"), "Ctrl+Z"),
            KeyHint(pick(say, "减数模式", "Minus mode"), "F9"),
            KeyHint(pick(say, "改数量", "Set quantity"), "F4"),
        ]
    )
    if state is ScanState.IDLE:
        panel.show_idle()
        return panel
    name = pick(say, "青岛啤酒 500ml×12", "Tsingtao beer 500 ml × 12")
    if state is ScanState.BLOCKED:
        name = pick(say, "这是库位 A-03-2，请扫描商品", "This is location A-03-2; scan a product")
    detail = pick(
        say,
        "6901035605724 · 批次 L2611A · 到期 2027-05-30（余 190 天）",
        "6901035605724 · lot L2611A · expires 2027-05-30 (190 days)",
    )
    chips = (
        ChipText(pick(say, "整箱条码 · 1 箱 = 12 瓶", "Carton · 1 = 12 bottles")),
        ChipText(pick(say, "库位 A-03-2", "Location A-03-2")),
    )
    panel.show_scan(LastScan(state, name, detail, chips))
    panel.show_count(
        RunningCount(
            pick(say, "本品已收 / 应收（瓶）", "Received / expected (bottles)"),
            "48",
            "60",
            pick(say, "还差 12 瓶（1 箱）", "12 bottles (1 carton) to go"),
            800,
        )
    )
    return panel


DELIVERY = """
青岛啤酒 500ml×12|Tsingtao beer 500 ml × 12|60|48|12|accent|进行中|Under way
金龙鱼大豆油 5L|Arawana soybean oil 5 l|24|7|17|accent|进行中|Under way
康师傅红烧牛肉面|Master Kong beef noodles|72|72|0|ok|完成|Done
蒙牛纯牛奶 250ml|Mengniu milk 250 ml|64|16|48|warning|临期|Short-dated
海天生抽 1.9L|Haitian soy sauce 1.9 l|18|0|18|neutral|未到|Missing
心相印抽纸 10包|Xinxiangyin tissues × 10|40|41|−1|refused|超收 1|Over 1
"""

SCANS = """
10:42:18|青岛啤酒 500ml×12|Tsingtao beer × 12|L2611A · 2027-05-30|×1 = 12|ok|已入 48 / 60|in 48 / 60
10:42:15|青岛啤酒 500ml×12|Tsingtao beer × 12|L2611A · 2027-05-30|×1 = 12|ok|已入 36 / 60|in 36 / 60
10:42:09|金龙鱼大豆油 5L|Arawana oil 5 l||×1|ok|已入 7 / 24|in 7 / 24
10:42:02|未识别|Unknown||—|warning|已停放，不影响作业|kept, work goes on
10:41:47|蒙牛纯牛奶 250ml|Mengniu milk|M1102|×1 = 16|refused|临期 11 天 · 已确认|11 days left
"""


def table_of(text: str) -> list[list[str]]:
    """Return the fields of a table written with one line a row."""
    return [line.split("|") for line in text.strip().splitlines()]


def deliveries(look: Look) -> Panel:
    """Return the lines of a delivery."""
    say = look.language
    note = pick(say, "进度 184 / 278 件", "184 of 278 pcs")
    panel = Panel(look, pick(say, "到货明细", "Delivery lines"), note, flush=True)
    over = ChipText(pick(say, "超收 1", "Over 1"), Tone.REFUSED)
    panel.set_chips([over, ChipText(pick(say, "临期 1", "Short-dated 1"), Tone.WARNING)])
    columns = [
        words_column(0, "name", "sample.product", strong=True),
        words_column(1, "due", "sample.due", width=7, figures=True),
        words_column(2, "got", "sample.got", width=7, figures=True, strong=True),
        words_column(3, "rest", "sample.rest", width=7, figures=True),
        chip_column("state", "sample.state", width=11),
    ]
    model: RowModel[Line] = RowModel(look, columns, lambda row: row.id)
    model.replace(
        [
            Line(i, (pick(say, zh, en), due, got, rest), Tone(tone), pick(say, state_zh, state_en))
            for i, (zh, en, due, got, rest, tone, state_zh, state_en) in enumerate(table_of(DELIVERY))
        ]
    )
    panel.body.addWidget(RowView(look, model))
    return panel


def history(look: Look) -> Panel:
    """Return the scan history."""
    say = look.language
    note = pick(say, "本单 31 次 · 队列 0 · 全部已落盘", "31 here · queue 0 · all saved")
    panel = Panel(look, pick(say, "扫描记录", "Scans"), note, flush=True)
    panel.set_chips([ChipText(pick(say, "待处理盘 1", "Tray 1"), Tone.WARNING)])
    columns: list[Column[Line]] = [
        Column("at", "sample.time", lambda row, _: Cell(row.words[0], quiet=True), width=8),
        Column("what", "sample.what", lambda row, _: Cell(row.words[1], detail=row.words[2], strong=True)),
        words_column(3, "n", "sample.quantity", width=10),
        chip_column("state", "sample.result", width=22),
    ]
    model: RowModel[Line] = RowModel(look, columns, lambda row: row.id)
    model.replace(
        [
            Line(i, (at, pick(say, zh, en), lot, n), Tone(tone), pick(say, state_zh, state_en))
            for i, (at, zh, en, lot, n, tone, state_zh, state_en) in enumerate(table_of(SCANS))
        ]
    )
    panel.body.addWidget(RowView(look, model))
    return panel


def panels(context: ScreenContext) -> QWidget:
    """Return every state of the last-scan panel, one above the other."""
    screen, column = page()
    for state in (ScanState.ATTENTION, ScanState.BLOCKED, ScanState.IDLE):
        panel = last_scan(context.look, state)
        if state is ScanState.BLOCKED:
            panel.show_waiting(3)
        column.addWidget(panel, 1)
    return screen
