import gc

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel

from merchant_desk.ui.messages import Language
from merchant_desk.ui.texts.catalogue import LanguageCode


def test_a_widget_that_follows_is_written_now_and_at_every_switch(qapp: QApplication) -> None:
    language = Language()
    owner = QLabel()
    language.follow(owner, lambda: owner.setText(language.text("screen.inbound")))
    assert owner.text() == "入库"
    language.toggle()
    assert owner.text() == "Inbound"
    language.switch(LanguageCode.ENGLISH)
    assert owner.text() == "Inbound"
    owner.deleteLater()


def test_a_widget_that_is_gone_is_written_no_more(qapp: QApplication) -> None:
    language = Language()
    written: list[str] = []
    owner = QObject()
    language.follow(owner, lambda: written.append(language.code))
    child = QObject(owner)
    language.follow(child, lambda: written.append("child"))
    del child
    del owner
    gc.collect()
    language.toggle()
    assert written == ["zh_CN", "child"]


def test_qts_own_buttons_speak_the_language(qapp: QApplication) -> None:
    language = Language(app=qapp)
    try:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "取消"
        language.switch(LanguageCode.ENGLISH)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        assert "Cancel" in box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "")
    finally:
        language.leave()
