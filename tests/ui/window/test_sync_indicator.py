from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.safety_copy_state import CopyNotWritten, CopyState, NewerCopyKept
from merchant_desk.sync.troubles import ForkedDesk
from merchant_desk.ui.messages import Language
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.formats import HOUR, MINUTE, SECOND
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.window.sync_indicator import STALE, SyncIndicator, SyncState, sync_words
from tests.ui.samples.words import NOW, ZONE

STICK = Path("/media/stick")
PULLED = CopyNotWritten(STICK, "missing")


@pytest.mark.parametrize(
    ("state", "tone", "words"),
    [
        (SyncState("online", 0, None, NOW), Tone.OK, "已同步 · 刚刚"),
        (SyncState("online", 37, NOW - MINUTE, NOW), Tone.ACCENT, "正在发送 · 37 项待发送"),
        (
            SyncState("online", 1, NOW - 26 * SECOND, NOW - MINUTE, asking=True),
            Tone.WARNING,
            "服务器没有应答 · 1 项待发送",
        ),
        (
            SyncState("online", 1, NOW - 24 * SECOND, NOW - MINUTE, asking=True),
            Tone.ACCENT,
            "正在发送 · 1 项待发送",
        ),
        (
            SyncState("online", 9, NOW - MINUTE, NOW - SECOND, asking=True),
            Tone.ACCENT,
            "正在发送 · 9 项待发送",
        ),
        (SyncState("online", 1, NOW - MINUTE, NOW - MINUTE), Tone.ACCENT, "正在发送 · 1 项待发送"),
        (
            SyncState("online", 1_400, NOW - MINUTE, NOW, asking=True, sending=104),
            Tone.ACCENT,
            "正在发送 · 1,400 项待发送 · 约还需 2 分钟",
        ),
        (
            SyncState("online", 0, None, NOW, asking=True, fetching=37),
            Tone.ACCENT,
            "正在接收 · 其余数据约 30 秒后收完",
        ),
        (SyncState("online", 0, None, None), Tone.NEUTRAL, "正在连接"),
        (SyncState("online", 0, None, NOW - 5 * MINUTE), Tone.WARNING, "上次联系 5 分钟前"),
        (SyncState("offline", 0, None, None), Tone.WARNING, "离线"),
        (
            SyncState("offline", 37, NOW - HOUR, NOW - 2 * HOUR - 14 * MINUTE),
            Tone.WARNING,
            "离线 2 小时 14 分 · 37 项待发送 · 全部已存本机",
        ),
        (SyncState("unreachable", 0, None, NOW - HOUR), Tone.WARNING, "服务器不可达"),
        (SyncState("online", 0, None, NOW, tasks=2), Tone.WARNING, "已同步 · 刚刚 · 2 项需要处理"),
        (
            SyncState("online", 3, NOW - MINUTE, NOW, tasks=2, fault=ForkedDesk()),
            Tone.REFUSED,
            "服务器不接收，请处理 · 3 项待发送 · 2 项需要处理 · 全部已存本机",
        ),
        (
            SyncState("unreachable", 0, None, NOW, fault=CertificateChanged("a", "b")),
            Tone.REFUSED,
            "服务器证书变了，已停止收发",
        ),
        (SyncState("online", 0, None, NOW, fault=ForkedDesk()), Tone.REFUSED, "服务器不接收，请处理"),
        (SyncState("online", 0, None, NOW, behind=4 * MINUTE), Tone.OK, "已同步 · 刚刚"),
        (
            SyncState("online", 0, None, NOW, behind=-3 * HOUR),
            Tone.WARNING,
            "已同步 · 刚刚 · 本机时钟快 3 小时",
        ),
        (SyncState("offline", 0, None, None, tasks=2), Tone.WARNING, "离线 · 2 项需要处理"),
        (SyncState("online", 0, None, NOW, demo=True), Tone.OK, "已同步 · 刚刚 · 演示，未加密"),
        (
            SyncState("online", 0, None, NOW, unsent_elsewhere=(("B", NOW - HOUR),)),
            Tone.WARNING,
            "已同步 · 刚刚 · 1 台工作台有未知",
        ),
        (
            SyncState("online", 0, None, NOW, copy=CopyState(STICK, NOW - 3 * MINUTE)),
            Tone.OK,
            "已同步 · 刚刚 · 副本 3 分钟前",
        ),
        (
            SyncState("online", 0, None, NOW, copy=CopyState(STICK, since=NOW - MINUTE)),
            Tone.OK,
            "已同步 · 刚刚",
        ),
        (
            SyncState("online", 0, None, NOW, copy=CopyState(STICK, since=NOW - 11 * MINUTE)),
            Tone.WARNING,
            "已同步 · 刚刚 · 安全副本没有写成",
        ),
        (
            SyncState("online", 0, None, NOW, copy=CopyState(STICK, NOW - MINUTE, kept=NewerCopyKept(STICK))),
            Tone.WARNING,
            "已同步 · 刚刚 · 副本 1 分钟前 · 另有较新的副本",
        ),
        (
            SyncState("online", 0, None, NOW, copy=CopyState(STICK, NOW - 11 * MINUTE)),
            Tone.WARNING,
            "已同步 · 刚刚 · 安全副本没有写成",
        ),
        (
            SyncState("offline", 3, NOW, NOW - HOUR, copy=CopyState(STICK, NOW - MINUTE, fault=PULLED)),
            Tone.WARNING,
            "离线 1 小时 · 安全副本没有写成 · 3 项待发送 · 全部已存本机",
        ),
    ],
)
def test_words(qapp: object, state: SyncState, tone: Tone, words: str) -> None:
    said = sync_words(state, Language(LanguageCode.CHINESE, ZONE), NOW)
    assert (said.tone, " · ".join(said.parts)) == (tone, words)


def test_what_other_desks_have_not_sent_is_told_desk_by_desk(qapp: object) -> None:
    state = SyncState(
        "online", 3, NOW - 40 * MINUTE, NOW, unsent_elsewhere=(("B", NOW - 9 * HOUR), ("C", None))
    )
    lines = sync_words(state, Language(LanguageCode.ENGLISH, ZONE), NOW).lines
    assert "B: nothing since 08:32" in lines
    assert "C: nothing ever" in lines
    assert "3 to send · the oldest was saved at 16:52" in lines


def test_why_there_is_no_copy_and_how_old_the_last_one_is(qapp: object) -> None:
    language = Language(LanguageCode.ENGLISH, ZONE)
    state = SyncState("online", 0, None, NOW, copy=CopyState(STICK, NOW - 6 * MINUTE, fault=PULLED))
    told = "\n".join(sync_words(state, language, NOW).lines)
    assert "stick out" in told
    assert "safety copy of 17:26 (6 min ago) in /media/stick" in told


def test_why_nothing_is_sent_stands_first(qapp: object) -> None:
    state = SyncState("online", 3, NOW - MINUTE, NOW, fault=ForkedDesk())
    said = sync_words(state, Language(LanguageCode.ENGLISH, ZONE), NOW)
    assert said.lines[0] == ForkedDesk().sentence("en")
    assert "Sending" not in said.parts


def test_a_wrong_clock_is_in_the_tip_with_what_to_do(qapp: object) -> None:
    language = Language(LanguageCode.ENGLISH, ZONE)
    told = "\n".join(sync_words(SyncState("online", 0, None, NOW, behind=3 * HOUR), language, NOW).lines)
    assert "3 h slow · Set the clock" in told
    told = "\n".join(sync_words(SyncState("online", 0, None, NOW, behind=MINUTE), language, NOW).lines)
    assert "clock" not in told


times = st.one_of(st.none(), st.integers(NOW - 100 * HOUR, NOW))
states = st.builds(
    SyncState,
    st.sampled_from(["online", "unreachable", "offline"]),
    st.integers(0, 50_000),
    times,
    times,
    st.integers(0, 9),
    st.booleans(),
    st.lists(st.tuples(st.text(min_size=1), times), max_size=3).map(tuple),
)


@given(states)
def test_the_truth(state: SyncState) -> None:
    """Nothing is called synced that is not; nothing pending, waiting or unknown is left out."""
    said = sync_words(state, Language(LanguageCode.ENGLISH, ZONE), NOW)
    words = " · ".join(said.parts)
    fresh = state.last_contact_us is not None and NOW - state.last_contact_us <= STALE
    assert ("Synced" in words) is (state.connection == "online" and fresh and not state.pending)
    assert (f"{state.pending:,} to send" in words) is (state.pending > 0)
    assert ("need" in words) is (state.tasks > 0)
    assert ("not heard from" in words) is bool(state.unsent_elsewhere)
    assert ("demo" in words) is state.demo
    if said.tone is Tone.OK:
        assert (state.pending, state.tasks, state.unsent_elsewhere) == (0, 0, ())
        assert state.connection == "online"
    if state.connection != "online":
        assert said.tone is Tone.WARNING
    if state.tasks:
        assert said.tone is Tone.WARNING, "waiting work is no trouble: red is kept for that"


def test_age_grows_without_anybody_telling(look: Look, qtbot: QtBot) -> None:
    clock = [NOW]
    pill = SyncIndicator(look, lambda: clock[0])
    qtbot.addWidget(pill)
    pill.show_state(SyncState("online", 0, None, NOW))
    assert pill.words.parts[0] == "已同步 · 刚刚"
    clock[0] = NOW + 45 * SECOND
    pill._timer.timeout.emit()
    assert pill.words.parts[0] == "已同步 · 45 秒前"
    clock[0] = NOW + 10 * MINUTE
    pill._timer.timeout.emit()
    assert pill.words.tone is Tone.WARNING


def test_it_is_reached_and_pressed_by_key(look: Look, qtbot: QtBot) -> None:
    pill = SyncIndicator(look, lambda: NOW)
    qtbot.addWidget(pill)
    pill.show()
    pill.setFocus()
    with qtbot.waitSignal(pill.clicked):
        QTest.keyClick(pill, Qt.Key.Key_Space)
    assert pill.focusPolicy() is Qt.FocusPolicy.TabFocus
    look.language.toggle()
    assert pill.accessibleName() == "Offline"
    look.language.toggle()
