"""A sample sync centre, in the shape of the mockup."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.ui.messages import Language
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.panel import PageHead, Panel, Tile, page
from merchant_desk.ui.widgets.task_card import CardAction, CardText, TaskCard
from merchant_desk.ui.window.screens import ScreenContext
from tests.ui.samples.station import history, table_of
from tests.ui.samples.words import pick

TILES = """
连接|Connection|服务器不可达|Unreachable|上次联系 15:18（2 小时 14 分前）|Last contact 15:18|warning
待发送|To send|37 项|37|最早 15:19 · 均已落盘|oldest 15:19 · all saved|
需要你处理|Need you|2 项|2|都不影响其他操作继续|nothing else is held up|refused
本机时钟|Clock|快 3.2 秒|3.2 s fast|仅用于显示，不影响次序|shown only; order is not affected|
"""


def sync_centre(context: ScreenContext) -> QWidget:
    """Return the sync centre of the mockup."""
    look = context.look
    say = look.language
    screen, column = page()
    head = PageHead(look)
    note = pick(
        say,
        "所有操作先存本机；联网后按次序发送，每一项恰好生效一次",
        "Saved here first, sent in order, applied exactly once",
    )
    head.set_texts(look.text("screen.sync"), note)
    head.add_button(ActionButton(look, pick(say, "导出待发送到 U 盘", "Export to a stick")))
    head.add_button(ActionButton(look, pick(say, "立即同步", "Sync now"), key="F5", kind=Kind.PRIMARY))
    column.addWidget(head)
    tiles = QHBoxLayout()
    tiles.setSpacing(12)
    for zh, en, figure_zh, figure_en, note_zh, note_en, tone in table_of(TILES):
        tile = Tile(look)
        figure = pick(say, figure_zh, figure_en)
        tile.set_texts(pick(say, zh, en), figure, pick(say, note_zh, note_en), Tone(tone) if tone else None)
        tiles.addWidget(tile, 1)
    column.addLayout(tiles)
    row = QHBoxLayout()
    row.setSpacing(14)
    row.addWidget(tasks(look), 3)
    row.addWidget(history(look), 2)
    column.addLayout(row, 1)
    return screen


def tasks(look: Look) -> Panel:
    """Return what waits for a decision."""
    say = look.language
    note = pick(say, "未决前保留，同店同事也能处理", "kept until decided; colleagues can decide too")
    panel = Panel(look, pick(say, "需要处理", "Tasks"), note)
    panel.body.setSpacing(12)
    for text, names in task_texts(say):
        actions = [CardAction(name, lambda: None, primary=name == names[0]) for name in names]
        panel.body.addWidget(TaskCard(look, text, actions))
    panel.body.addStretch(1)
    return panel


def task_texts(say: Language) -> list[tuple[CardText, list[str]]]:
    """Return two tasks and their decisions."""
    return [
        (
            CardText(
                ChipText(pick(say, "预占被拒绝", "Reservation refused"), Tone.REFUSED),
                pick(say, "订单 WX261121-4093 · 东北大米 10kg ×6", "Order WX261121-4093 · rice 10 kg × 6"),
                pick(
                    say,
                    "服务器可用 2（总仓 15:02 发出 8）；你下单时看到可用 7（截至 14:55）。",
                    "The server has 2 (the warehouse shipped 8 at 15:02); you saw 7 as of 14:55.",
                ),
            ),
            [
                pick(say, "拆单发 2", "Split, ship 2"),
                pick(say, "改派柳河镇", "Assign to Liuhe"),
                pick(say, "与买家协商退款", "Refund"),
            ],
        ),
        (
            CardText(
                ChipText(pick(say, "库存为负", "Negative stock"), Tone.WARNING),
                pick(say, "心相印抽纸 10包 · 城关门店 A-05-1", "Tissues × 10 · Chengguan A-05-1"),
                pick(
                    say,
                    "已如实记录发货 ×4；账面 −1。最近移动：15:02 入库 40（应为 41？）",
                    "4 shipped, as recorded; the book says −1. Last movement: 15:02, 40 in (41?)",
                ),
            ),
            [
                pick(say, "抽盘该库位", "Count this location"),
                pick(say, "更正入库 RC-03-000218", "Correct RC-03-000218"),
                pick(say, "记损耗", "Write off"),
            ],
        ),
    ]
