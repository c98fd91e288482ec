"""A task that waits for a person's decision: what was asked, what the facts are now, and what can be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.labels import ElidedLabel, label

BAR = 5


@dataclass(frozen=True, slots=True)
class CardAction:
    """A decision that the card offers."""

    text: str
    run: Callable[[], None]
    primary: bool = False


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says, already in the person's language; `chip`'s tone colours the bar."""

    chip: ChipText
    title: str
    explanation: str
    note: str = ""


class TaskCard(QFrame):
    """A card in the sync centre, or wherever a decision waits."""

    def __init__(
        self, look: Look, text: CardText, actions: Sequence[CardAction] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = text.chip.tone
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.LARGE + BAR, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        column.setSpacing(Space.SMALL)
        head = QHBoxLayout()
        head.setSpacing(Space.MEDIUM)
        head.addWidget(Chip(look, text.chip), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(label(text.title, "strong", wrap=True), 1)
        column.addLayout(head)
        column.addWidget(label(text.explanation, "second", wrap=True))
        self._made: list[ActionButton] = []
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(Space.SMALL)
        for action in actions:
            self._add(action)
        note = ElidedLabel(text.note, "third")
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._buttons.addWidget(note, 1)
        if actions or text.note:
            column.addLayout(self._buttons)
        self.setAccessibleName(f"{text.chip.text}: {text.title}")
        self.setAccessibleDescription(text.explanation)

    @property
    def tone(self) -> Tone:
        """The colour of the card's bar."""
        return self._tone

    def buttons(self) -> list[ActionButton]:
        """Return the buttons of its decisions, from left to right."""
        return list(self._made)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        path = QPainterPath()
        path.addRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.CONTROL, Radius.CONTROL
        )
        painter.fillPath(path, QColor(colours.panel))
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(QRectF(0, 0, BAR, self.height()), QColor(colours.ink_of(self._tone)))
        painter.restore()
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawPath(path)

    def _add(self, action: CardAction) -> None:
        kind = Kind.PRIMARY if action.primary else Kind.SECONDARY
        button = ActionButton(self._look, action.text, kind=kind)
        button.clicked.connect(lambda _=False: action.run())
        self._made.append(button)
        self._buttons.addWidget(button)
