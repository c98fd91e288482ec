"""The help sheet (F1): every key that works here, derived from the actions."""

from itertools import groupby

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from merchant_desk.ui.actions import Actions
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.keys import KeyCap
from merchant_desk.ui.widgets.labels import ElidedLabel, label
from merchant_desk.ui.widgets.overlay import Overlay

FIXED = (("help.navigate", "Alt+1 … Alt+9"), ("help.arrows", "Up Down"), ("help.tab", "Tab"))
"""Keys that belong to no action."""

COLUMNS = 2


class HelpSheet(Overlay):
    """The sheet that F1 opens; it is written anew each time, for the screen in front."""

    def __init__(self, look: Look, host: QWidget, actions: Actions) -> None:
        super().__init__(look, host, width=760)
        self._actions = actions
        head = QHBoxLayout()
        head.setContentsMargins(Space.PAGE, Space.LARGE, Space.LARGE, Space.SMALL)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = label("", "title")
        self._note = label("", "small")
        words.addWidget(self._title)
        words.addWidget(self._note)
        head.addLayout(words, 1)
        self._shut = ActionButton(look, key="Esc")
        self._shut.clicked.connect(self.close_sheet)
        head.addWidget(self._shut)
        self.column.addLayout(head)
        self._area = QScrollArea()
        self._area.setProperty("look", "clear")
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        self.column.addWidget(self._area, 1)
        look.language.follow(self, self._write)

    def ask(self) -> None:
        """Open, with the keys of this moment."""
        self._area.setWidget(self._keys())
        self.open(self._shut)

    def _keys(self) -> QWidget:
        result = QWidget()
        grid = QGridLayout(result)
        grid.setContentsMargins(Space.PAGE, 0, Space.PAGE, Space.LARGE)
        grid.setHorizontalSpacing(Space.WIDE)
        grid.setVerticalSpacing(2)
        blocks = self._blocks()
        tops = [0] * COLUMNS
        for title, lines in blocks:
            column = tops.index(min(tops))
            head = label(title, "cap")
            head.setContentsMargins(0, Space.MEDIUM, 0, 2)
            grid.addWidget(head, tops[column], column)
            for i, (name, key) in enumerate(lines, start=1):
                grid.addLayout(self._line(name, key), tops[column] + i, column)
            tops[column] += len(lines) + 1
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(max(tops), 1)
        return result

    def _blocks(self) -> list[tuple[str, list[tuple[str, str]]]]:
        keyed = [action for action in self._actions.in_scope() if action.shortcut]
        result = [
            (self._look.text(group), [(self._actions.title(action), action.shortcut) for action in actions])
            for group, actions in groupby(keyed, key=lambda action: action.group)
        ]
        general = [(self._look.text(key), shortcut) for key, shortcut in FIXED]
        return [*result, (self._look.text("window.navigation"), general)]

    def _line(self, name: str, key: str) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 3, 0, 3)
        line.addWidget(ElidedLabel(name), 1)
        line.addWidget(KeyCap(self._look, key))
        return line

    def _write(self) -> None:
        self._title.setText(self._look.text("help.title"))
        self._note.setText(self._look.text("help.note"))
        self._shut.setText(self._look.text("help.close"))
        if self.isVisible():
            self._area.setWidget(self._keys())
