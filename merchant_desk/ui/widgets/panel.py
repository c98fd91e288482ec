"""Panels, the head of a page, tiles: the surfaces that everything stands on."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Space, Tone
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.labels import ElidedLabel, label, set_tone


def replace_widgets(layout: QBoxLayout, widgets: Sequence[QWidget]) -> None:
    """Put these widgets in the place of all that a layout holds."""
    while layout.count():
        item = layout.takeAt(0)
        old = item.widget() if item else None
        if old is not None:
            old.hide()
            old.deleteLater()
    for widget in widgets:
        layout.addWidget(widget)


class Panel(QFrame):
    """A white card: a head with title, note and chips, and `body`, the layout for what it shows.

    `flush` bodies (tables) reach the panel's edges; others stand in a margin. No title, no head.
    """

    def __init__(
        self,
        look: Look,
        title: str = "",
        note: str = "",
        *,
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("look", "panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, Radius.PANEL // 2 if flush else 1)
        outer.setSpacing(0)
        self._head = QWidget(self)
        self._title = label(title, "strong")
        self._note = ElidedLabel(note, "small")
        self._shown_chips: tuple[ChipText, ...] = ()
        self.trailing = QHBoxLayout()
        self.trailing.setSpacing(Space.SMALL)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(Space.LARGE - 1, Space.MEDIUM, Space.LARGE - 1, Space.SMALL)
        head.setSpacing(Space.MEDIUM)
        head.addWidget(self._title)
        head.addWidget(self._note, 1)
        head.addLayout(self.trailing)
        outer.addWidget(self._head)
        self._head.setVisible(bool(title))
        self.body = QVBoxLayout()
        side = 0 if flush else Space.LARGE - 1
        top = 0 if flush or title else Space.MEDIUM
        self.body.setContentsMargins(side, top, side, 0 if flush else Space.MEDIUM)
        self.body.setSpacing(Space.SMALL)
        outer.addLayout(self.body, 1)

    def set_title(self, title: str, note: str = "") -> None:
        """Write the head."""
        self._title.setText(title)
        self._note.setText(note)
        self._head.setVisible(bool(title))

    def set_chips(self, chips: Sequence[ChipText]) -> None:
        """Show chips at the right end of the head."""
        if tuple(chips) == self._shown_chips:
            return
        self._shown_chips = tuple(chips)
        replace_widgets(self.trailing, [Chip(self._look, chip) for chip in chips])


class PageHead(QWidget):
    """The line above a screen: title, number chip, note, and the screen's buttons at the right.

    Where there is no room for all, the note goes, then the buttons take a line of their own: none is cut.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "title")
        self._chip = Chip(look)
        self._note = ElidedLabel("", "small")
        self._note.setMinimumWidth(1)
        self._tools = QWidget()
        self._buttons = QHBoxLayout(self._tools)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(Space.MEDIUM)
        words = QHBoxLayout()
        words.setSpacing(Space.MEDIUM)
        words.addWidget(self._title)
        words.addWidget(self._chip)
        words.addWidget(self._note, 1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.MEDIUM)
        self._row.addLayout(words, 1)
        self._row.addWidget(self._tools, 0, Qt.AlignmentFlag.AlignRight)

    def set_texts(self, title: str, note: str = "", chip: str = "", tone: Tone = Tone.ACCENT) -> None:
        """Write the head; a document's number goes into the chip."""
        self._title.setText(title)
        self._note.setText(note)
        self._chip.show_chip(ChipText(chip, tone))

    def add_button(self, button: QWidget) -> None:
        """Add a button at the right end; the primary one comes last."""
        self._buttons.addWidget(button)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._arrange()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(self._tools.sizeHint().width(), hint.height())

    def _arrange(self) -> None:
        """Put the buttons beside the words, or below them where they would be cut."""
        parts = [one for one in (self._title, self._chip, self._tools) if not one.isHidden()]
        wanted = sum(one.sizeHint().width() for one in parts) + len(parts) * Space.MEDIUM
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if wanted <= self.width() else ways.TopToBottom
        if way != self._row.direction():
            self._row.setDirection(way)


class Tile(QFrame):
    """A figure with its name above and a note below."""

    def __init__(self, look: Look, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._title = ElidedLabel(title, "second")
        self._figure = ElidedLabel("", "tile")
        self._note = ElidedLabel("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        column.setSpacing(0)
        for part in (self._title, self._figure, self._note):
            column.addWidget(part)

    @property
    def wanted_width(self) -> int:
        """Device-independent pixels at which nothing of the tile is cut."""
        words = max(part.sizeHint().width() for part in (self._title, self._figure, self._note))
        return words + 2 * Space.LARGE + 2 * self.frameWidth()

    def set_texts(self, title: str, figure: str, note: str = "", tone: Tone | None = None) -> None:
        """Write the tile; `tone` colours the figure."""
        self._title.setText(title)
        self._figure.setText(figure)
        self._note.setText(note)
        set_tone(self._figure, tone)
        self.setAccessibleName(f"{title} {figure} {note}".strip())


def page(parent: QWidget | None = None) -> tuple[QWidget, QVBoxLayout]:
    """Return an empty screen and its column, with the margins that all screens share."""
    result = QWidget(parent)
    result.setProperty("look", "page")
    result.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return result, page_column(result)


def page_column(screen: QWidget) -> QVBoxLayout:
    """Lay a screen of one's own class out as a page; returns its column."""
    column = QVBoxLayout(screen)
    column.setContentsMargins(Space.PAGE, Space.MEDIUM + 2, Space.PAGE, Space.PAGE)
    column.setSpacing(Space.MEDIUM)
    return column
