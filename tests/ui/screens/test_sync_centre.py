"""The sync centre and the tasks: is what they say true, and does what they offer work?"""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.amounts import MICRO
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries import work
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.server_faults import Unreachable
from merchant_desk.sync.status import Link, OtherDesk, SyncStatus
from merchant_desk.sync.troubles import ExchangeBroke, ForkedDesk, TableRepaired
from merchant_desk.ui.desk_status import sync_state
from merchant_desk.ui.screens.coverage import coverage
from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.screens.tasks.task_cards import TaskCards
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.speech import FixedSpeech
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.task_card import TaskCard
from tests.ui.screens.acting import chinese, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

MINUTE = 60_000_000
NOW = 1_790_000_000_000_000


def centre_of(program: Program) -> SyncCentre:
    found = program.window.built("sync")
    assert isinstance(found, SyncCentre)
    return found


def card(cards: TaskCards, code: str) -> TaskCard:
    """Return the card of a task by its code."""
    at = next(i for i, reading in enumerate(cards.readings) if reading.task.code == code)
    return cards.cards()[at]


def click(card: TaskCard, key: str) -> None:
    """Click a card's button by the key of its text."""
    words = chinese(key).partition("{")[0].rstrip()
    button = next(b for b in card.findChildren(QPushButton) if b.text().startswith(words))
    button.click()


def statuses(scene: Scene) -> dict[str, str]:
    """Return each task's state by its code, settled ones too."""
    with scene.a.read() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT code, status || ' ' || resolution FROM tasks")
        return {code: state.strip() for code, state in rows}


def test_the_tiles_tell_what_is_not_sent_and_what_is_not_reached(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.work()
    program = show(scene.a, "sync")
    with pytest.raises(Exception, match="cannot be reached"):
        scene.a.sync()
    centre = centre_of(program)
    until(qtbot, lambda: "服务器不可达" in texts_in(centre.tiles))
    shown = texts_in(centre.tiles)
    waiting = scene.a.status.waiting
    assert waiting == 4
    assert f"{waiting} 项" in shown
    assert "均已落盘" in shown
    assert "服务器不可达" in program.window.header.sync.words.parts[0]
    settled(qtbot, program)
    chips = [centre.history.model.rows[i].status for i in range(4)]
    assert chips == ["pending"] * 4


def test_f5_syncs_and_the_history_gets_its_numbers(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "sync")
    settled(qtbot, program)
    scene.shop.fetch.down = False
    press(program, Qt.Key.Key_F5)
    centre = centre_of(program)
    until(qtbot, lambda: scene.a.status.waiting == 0)
    until(qtbot, lambda: "已连接" in texts_in(centre.tiles))
    until(qtbot, lambda: all(row.status == "applied" for row in centre.history.model.rows))
    assert all(row.last_seq > 0 for row in centre.history.model.rows)


def test_an_unreachable_server_is_said_in_words_when_asked_for(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.shop.fetch.down = True
    program = show(scene.a, "sync")
    press(program, Qt.Key.Key_F5)
    until(qtbot, program.window.notices.notices)
    assert any("连不上服务器" in notice.text for notice in program.window.notices.notices())


def test_nothing_is_called_synced_while_a_person_wants_the_desk_offline(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.work()
    scene.shop.fetch.down = False
    program = show(scene.a, "sync")
    scene.a.work_offline(True)
    settled(qtbot, program)
    before = scene.a.status
    press(program, Qt.Key.Key_F5)
    until(qtbot, program.window.notices.notices)
    settled(qtbot, program)
    (said,) = program.window.notices.notices()
    assert (said.tone, said.text[:6]) == (Tone.REFUSED, "正在离线工作")
    assert scene.a.status == before


@pytest.mark.parametrize("screen", ["sync", "moving"])
def test_why_a_sync_failed_is_said_once_and_goes_when_the_line_is_back(
    scene: Scene, show: Show, qtbot: QtBot, screen: str
) -> None:
    program = show(scene.a, screen, language="en")
    settled(qtbot, program)
    scene.shop.fetch.down = True
    for _ in range(2):
        press(program, Qt.Key.Key_F5)
        settled(qtbot, program)
    told = [one for one in program.window.notices.notices() if one.tone is Tone.REFUSED]
    assert [one.text.partition(" (")[0] for one in told] == ["The server cannot be reached"]
    scene.shop.fetch.down = False
    scene.a.sync()
    until(qtbot, lambda: not program.window.notices.notices())


def test_what_nothing_but_a_person_gets_going_counts_among_what_needs_one(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "sync", language="en")
    tiles = centre_of(program).tiles
    tiles.show_status(replace(scene.a.status, tasks=2, fault=Unreachable("timeout", "")))
    assert "\n2\n" in texts_in(tiles.tasks)
    tiles.show_status(replace(scene.a.status, tasks=0, fault=CertificateChanged("a", "b")))
    assert "\n1\nsync first" in texts_in(tiles.tasks)


def test_working_offline_is_a_choice_that_is_shown_as_one(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "sync")
    program.window.commands.trigger("sync.work_offline")
    until(qtbot, lambda: "离线（本人选择）" in texts_in(centre_of(program).tiles))
    assert program.window.commands.possible("sync.go_online")
    program.window.commands.trigger("sync.go_online")
    until(qtbot, lambda: scene.a.status.link is not Link.OFFLINE)


def test_every_task_says_what_happened_where_and_who(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    scene.refuse_something()
    program = show(scene.a, "sync")
    cards = centre_of(program).cards
    until(qtbot, lambda: len(cards.readings) >= 4)
    shown = texts_in(cards)
    assert "库存为负：蒙牛纯牛奶 250ml · A-03" in shown
    assert "账面 −4" in shown
    assert "超收：金龙鱼大豆油 5L" in shown
    assert "订购 24，实收 26" in shown
    assert "接单预占没有被接受 · WX261121-4093" in shown
    assert "RICE-10 可用 2，不够 6" in shown
    assert "仓管 · 工作台 02" in shown
    program.look.language.toggle()
    until(qtbot, lambda: "Negative stock" in texts_in(cards))
    assert "24 ordered, 26 received" in texts_in(cards)


def test_a_refused_decision_is_done_again_or_dropped(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    scene.refuse_something()
    program = show(scene.a, "sync")
    cards = centre_of(program).cards
    until(qtbot, lambda: any(reading.task.code == "stock_short" for reading in cards.readings))
    click(card(cards, "stock_short"), "task.retry")
    until(qtbot, program.window.notices.notices)
    assert any("RICE-10" in notice.text for notice in program.window.notices.notices())
    assert statuses(scene)["stock_short"] == "open"
    scene.shop.stock(scene.shop.rice, 20)
    scene.a.sync()
    click(card(cards, "stock_short"), "task.retry")
    until(qtbot, lambda: statuses(scene)["stock_short"] == "settled resubmitted")
    again = scene.a.pending()
    assert [one.kind for one in again] == ["settle_task", "accept_order"]


def test_dropping_a_refused_decision_leaves_the_rest(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.refuse_something()
    program = show(scene.a, "sync")
    cards = centre_of(program).cards
    until(qtbot, lambda: len(cards.cards()) == 1)
    click(cards.cards()[0], "task.drop")
    until(qtbot, lambda: statuses(scene)["stock_short"] == "settled dropped")
    until(qtbot, lambda: not cards.readings)
    assert "没有需要处理的事" in texts_in(cards)


def test_a_task_is_settled_with_a_note(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "tasks")
    screen = program.window.built("tasks")
    assert screen is not None
    cards = screen.findChild(TaskCards)
    assert isinstance(cards, TaskCards)
    until(qtbot, lambda: any(reading.task.code == "stock_negative" for reading in cards.readings))
    click(card(cards, "stock_negative"), "task.settle")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    press(program, Qt.Key.Key_Down)
    press(program, Qt.Key.Key_Tab)
    type_text("found them")
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: statuses(scene)["stock_negative"] == "settled accepted")
    with scene.a.read() as connection, connection.begin():
        note = connection.exec_driver_sql("SELECT note FROM tasks WHERE code = 'stock_negative'").scalar()
    assert str(note).casefold() == "found them"


def test_spot_counting_opens_the_stocktake_at_that_location(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "sync")
    cards = centre_of(program).cards
    until(qtbot, lambda: any(reading.task.code == "stock_negative" for reading in cards.readings))
    click(card(cards, "stock_negative"), "task.count")
    assert program.window.current == "stocktake"

    def counting() -> bool:
        with scene.a.read() as connection, connection.begin():
            sql = (
                "SELECT l.code FROM counts c JOIN locations l ON l.id = c.location_id WHERE c.status = 'open'"
            )
            return connection.exec_driver_sql(sql).scalar() == "A-03"

    until(qtbot, counting)


def test_whether_it_moved_before_or_after_is_answered_once(scene: Scene, show: Show, qtbot: QtBot) -> None:
    ledger_id = scene.raise_a_question()
    program = show(scene.a, "sync")
    cards = centre_of(program).cards
    until(qtbot, lambda: any(reading.task.kind == "question" for reading in cards.readings))
    question = card(cards, "moved_before_or_after_count")
    assert "海天生抽" in texts_in(question)
    assert "A-04" in texts_in(question)
    click(question, "task.before")
    until(qtbot, lambda: statuses(scene)["moved_before_or_after_count"] == "settled before")
    with scene.a.read() as connection, connection.begin():
        sql = "SELECT quantity FROM ledger WHERE reverses_id = ? AND reason = 'late_movement'"
        assert connection.exec_driver_sql(sql, (ledger_id.bytes,)).scalar() == 2 * MICRO
    assert [one.kind for one in scene.a.pending()] == ["place_movement"]


def test_a_viewer_is_offered_nothing_to_settle(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "sync")
    cards = centre_of(program).cards
    until(qtbot, lambda: cards.readings)
    scene.a.sign_out()
    program.session.sign_out()
    cards._write()
    assert all(
        not c.findChildren(QPushButton) or "打开" in c.findChildren(QPushButton)[0].text()
        for c in cards.cards()
    )


def test_a_new_task_is_announced(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "home")
    scene._break_more_than_there_is(scene.a)
    until(qtbot, program.window.notices.notices)
    notice = program.window.notices.notices()[-1]
    assert "新增 1 项需要处理" in notice.text
    assert notice.tone is Tone.WARNING
    assert notice.run is not None
    notice.run()
    assert program.window.current == "sync"


@pytest.mark.parametrize(
    ("fault", "alarm", "tone"),
    [
        (ExchangeBroke("ValueError"), None, Tone.WARNING),
        (ForkedDesk(), None, Tone.REFUSED),
        (None, TableRepaired("skus", 3), Tone.REFUSED),
        (ExchangeBroke("ValueError"), TableRepaired("skus", 3), Tone.REFUSED),
    ],
)
def test_red_is_what_trying_again_does_not_cure(
    scene: Scene, show: Show, fault: Fault | None, alarm: Fault | None, tone: Tone
) -> None:
    centre = centre_of(show(scene.a, "sync"))
    centre._show(replace(STATUS, fault=fault, alarm=alarm))
    told = [one for one in (alarm, fault) if one is not None]
    assert centre._trouble.text() == "\n".join(one.sentence("zh_CN") for one in told)
    assert centre._trouble.property("tone") == tone.value


def test_a_slow_line_is_told_how_long_it_takes(scene: Scene, show: Show) -> None:
    centre = centre_of(show(scene.a, "sync", language="en"))
    slow = replace(STATUS, working=True, waiting=1_400, oldest=NOW - 60_000_000, sending=104)
    centre._show(replace(slow, fetching=600))
    assert "about 2 min left" in texts_in(centre.tiles.pending)
    assert "the rest will be here in about 10 min" in texts_in(centre.tiles.connection)


# ---------------------------------------------------------------- words about what is not known

STATUS = SyncStatus(Link.ONLINE, 0, None, 0, NOW, NOW, 0)
SILENT = OtherDesk("02", "后门", NOW - 9 * 60 * MINUTE)
FRESH = OtherDesk("03", "收银", NOW - 1_000_000)


def test_a_desk_that_is_silent_is_named_with_the_time() -> None:
    state = sync_state(replace(STATUS, others=(SILENT, FRESH)))
    assert state.unsent_elsewhere == (("02 后门", SILENT.last_contact),)


def test_a_desk_that_said_it_has_work_left_is_named_too() -> None:
    state = sync_state(replace(STATUS, others=(replace(FRESH, pending=3),)))
    assert [name for name, _ in state.unsent_elsewhere] == ["03 收银"]


def test_a_desk_that_is_sending_is_not_called_silent() -> None:
    assert not sync_state(replace(STATUS, others=(replace(FRESH, pending=3, sending=True),))).unsent_elsewhere
    silent = replace(SILENT, pending=3, sending=True)
    assert sync_state(replace(STATUS, others=(silent,))).unsent_elsewhere


def test_cut_off_ourselves_we_know_nothing_of_anybody_since() -> None:
    state = sync_state(replace(STATUS, link=Link.UNREACHABLE, others=(FRESH,)))
    assert state.unsent_elsewhere == (("03 收银", NOW),)


def test_a_desk_that_never_spoke_is_named_without_a_time() -> None:
    assert sync_state(replace(STATUS, others=(OtherDesk("04", "", 0),))).unsent_elsewhere == (("04", None),)


def test_that_the_server_is_being_asked_reaches_the_indicator() -> None:
    assert sync_state(replace(STATUS, working=True)).asking
    assert not sync_state(STATUS).asking


@pytest.mark.parametrize(
    ("status", "chinese_words", "english"),
    [
        (STATUS, "截至刚刚", "as of now"),
        (replace(STATUS, last_contact=0, link=Link.NEVER), "还没有从服务器取过数据", "nothing was fetched"),
        (replace(STATUS, link=Link.OFFLINE), "离线，别处的变化截至", "offline; changes elsewhere as of"),
        (replace(STATUS, others=(SILENT,)), "02 后门：", "02 后门: nothing since"),
    ],
)
def test_every_figure_says_how_far_it_can_be_true(
    status: SyncStatus, chinese_words: str, english: str
) -> None:
    assert chinese_words in coverage(status, FixedSpeech(LanguageCode.CHINESE), NOW)
    assert english in coverage(status, FixedSpeech(LanguageCode.ENGLISH), NOW)


def test_tasks_of_this_outlet_are_read_with_names(scene: Scene) -> None:
    scene.work()
    assert {task.code for task in scene.a.tasks()} >= {"over_delivered", "stock_negative"}
    with scene.a.read() as connection, connection.begin():
        assert len(work.tasks(connection)) == scene.a.status.tasks
