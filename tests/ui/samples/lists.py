"""A sample order queue, in the shape of the mockup."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.messages import Language
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.tables.data_table import DataTable
from merchant_desk.ui.tables.keyset_model import Count, Direction, KeysetModel, Query
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.panel import PageHead, Panel, page
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.window.screens import ScreenContext
from tests.ui.samples.station import table_of
from tests.ui.samples.words import Line, chip_column, pick, words_column


def orders(context: ScreenContext) -> QWidget:
    """Return the order queue of the mockup."""
    look = context.look
    say = look.language
    screen, column = page()
    head = PageHead(look)
    head.set_texts(
        look.text("screen.orders"),
        pick(say, "本机 1,048,211 单 · 搜索任意片段", "1,048,211 on this desk · search any part"),
    )
    head.add_button(ActionButton(look, pick(say, "导入", "Import"), icon="upload"))
    head.add_button(ActionButton(look, pick(say, "新建订单", "New order"), key="Ctrl+N", kind=Kind.PRIMARY))
    column.addWidget(head)
    tabs = filters(look)
    column.addWidget(tabs)
    row = QHBoxLayout()
    row.setSpacing(14)
    panel = Panel(look, flush=True)
    panel.body.setContentsMargins(0, 0, 0, 0)
    table = order_table(look, context.runner)
    table.tools.addWidget(Chip(look, ChipText(pick(say, "门店：城关、总仓 ×", "Outlets: 2 ×"))))
    table.tools.addWidget(Chip(look, ChipText(pick(say, "今天 ×", "Today ×"))))
    table.tools.addStretch(1)
    table.tools.addWidget(ActionButton(look, pick(say, "批量拣货（试算）", "Pick in bulk")))
    table.tools.addWidget(ActionButton(look, icon="printer"))
    panel.body.addWidget(table)
    row.addWidget(panel, 7)
    side = Panel(look, "WX261121-4124")
    side.set_chips([ChipText(pick(say, "待拣货", "To pick"), Tone.ACCENT)])
    side.body.addWidget(EmptyState(look))
    row.addWidget(side, 3)
    column.addLayout(row, 1)
    table.open()
    table.choose(3)
    return screen


FILTERS = """
待审核|To approve|21
待接单|To accept|8
待拣货|To pick|34
待发货|To ship|17
快超时|Nearly late|9
挂起|On hold|4
全部|All|1,048,211
"""


def filters(look: Look) -> FilterTabs:
    """Return the queue's filters, the third one chosen."""
    tabs = FilterTabs(look)
    names = enumerate(table_of(FILTERS))
    tones = {4: Tone.REFUSED}
    tabs.show_tabs(
        [Tab(str(i), pick(look.language, zh, en), n, tones.get(i, Tone.NEUTRAL)) for i, (zh, en, n) in names],
        "2",
    )
    return tabs


def order_rows(language: Language, n: int = 400) -> list[Line]:
    """Return sample orders."""
    tones = (Tone.REFUSED, Tone.REFUSED, Tone.WARNING, Tone.WARNING, Tone.NEUTRAL, Tone.NEUTRAL)
    left = ("38", "72", "220", "305", "660", "840")
    goods = (
        ("青岛啤酒 ×2 箱 等 3 种", "Tsingtao beer × 2, 3 SKUs"),
        ("东北大米 10kg ×1", "Rice 10 kg × 1"),
        ("复合肥 40kg ×6", "Fertiliser 40 kg × 6"),
    )
    return [
        Line(
            i,
            (
                f"WX261121-{4127 - i}",
                pick(language, f"尾号 {2041 + 37 * i % 9000}", f"…{2041 + 37 * i % 9000}"),
                pick(language, "金卡" if i % 3 == 0 else "普通", "gold" if i % 3 == 0 else "plain"),
                pick(language, *goods[i % 3]),
                language.money(21400 - 13 * i % 9900),
            ),
            tones[i % 6],
            pick(language, f"剩 {left[i % 6]} 分", f"{left[i % 6]} min left"),
        )
        for i in range(n)
    ]


def order_table(look: Look, runner: TaskRunner) -> DataTable:
    """Return the table of sample orders."""
    columns: list[Column[Line]] = [
        words_column(0, "number", "sample.order", strong=True, width=18),
        Column("buyer", "sample.buyer", lambda row, _: Cell(row.words[1], detail=row.words[2]), width=16),
        words_column(3, "goods", "sample.product"),
        words_column(4, "paid", "sample.paid", strong=True, figures=True, width=12),
        chip_column("left", "sample.left", width=15),
    ]
    query: Query[Line] = Query(
        list_fetch(order_rows(look.language)),
        lambda row: row.id,
        lambda row, sort: row.id,
        lambda search: Count(1_048_211, exact=False),
    )
    return DataTable(look, KeysetModel(look, runner, columns, query, Sort("number")))


def list_fetch(rows: Sequence[Line]) -> Callable[[object, int, Direction, Sort, str], Sequence[Line]]:
    """Return a fetch over rows in memory, in the order of their ids."""

    def fetch(cursor: object, limit: int, direction: Direction, sort: Sort, search: str) -> Sequence[Line]:
        found = [row for row in rows if search in row.words[0]]
        if direction is Direction.FORWARD:
            return [row for row in found if cursor is None or row.id > cursor][:limit]  # type: ignore[operator]
        return [row for row in found if cursor is None or row.id < cursor][-limit:]  # type: ignore[operator]

    return fetch
