import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from merchant_desk.ui.changes import ChangeBridge
from merchant_desk.ui.relay import Relay

ROUNDS = 1_500


@pytest.fixture
def relay(qapp: object) -> Relay:
    return Relay.of_application()


def test_the_application_has_one(relay: Relay) -> None:
    assert Relay.of_application() is relay
    assert relay.parent() is QCoreApplication.instance()


def test_calls_of_another_thread_happen_here_in_order(relay: Relay, qtbot: QtBot) -> None:
    owner, here = QObject(), threading.get_ident()
    seen: list[tuple[int, bool]] = []

    def take(number: int) -> None:
        seen.append((number, threading.get_ident() == here))

    def send() -> None:
        for number in range(100):
            relay.post(owner, take, number)

    sender = threading.Thread(target=send)
    sender.start()
    sender.join()
    assert not seen  # only the window's thread carries them out
    qtbot.waitUntil(lambda: len(seen) == 100)
    assert seen == [(number, True) for number in range(100)]


def test_nothing_reaches_an_owner_who_is_gone(relay: Relay, qtbot: QtBot) -> None:
    gone, stays = QObject(), QObject()
    seen: list[str] = []
    relay.post(gone, seen.append, "gone")
    relay.post(stays, seen.append, "stays")
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["stays"]


def test_windows_go_while_other_threads_speak_to_them(qtbot: QtBot) -> None:
    """Emitting a signal of the bridge itself ends the process within some hundred rounds."""
    listeners: list[Callable[[dict[str, set[object]]], None]] = []
    ended = threading.Event()

    def speak() -> None:
        while not ended.is_set():
            for listener in tuple(listeners):
                listener({"products": set()})

    def listen(listener: Callable[..., None]) -> Callable[[], None]:
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    speakers = [threading.Thread(target=speak) for _ in range(2)]
    for speaker in speakers:
        speaker.start()
    heard: list[object] = []
    try:
        for _ in range(ROUNDS):
            window = QObject()
            bridge = ChangeBridge(listen, window)
            bridge.changed.connect(heard.append)
            QCoreApplication.processEvents()
            bridge.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
    finally:
        ended.set()
        for speaker in speakers:
            speaker.join()
    assert heard
