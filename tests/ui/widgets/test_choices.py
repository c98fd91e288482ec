"""Is the entry chosen that holds an equal value, whichever object that is?"""

from uuid import UUID

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from merchant_desk.ui.widgets.choices import choose_data


def test_an_id_that_was_read_anew_chooses_its_entry(qtbot: QtBot) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    box.addItem("as usual", None)
    for n in (1, 2):
        box.addItem(str(n), UUID(int=n))
    choose_data(box, UUID(bytes=UUID(int=2).bytes))
    assert box.currentText() == "2"
    choose_data(box, None)
    assert box.currentText() == "as usual"
    choose_data(box, UUID(int=9))
    assert box.currentText() == "as usual"
