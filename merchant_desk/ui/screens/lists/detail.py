"""What side panels are made of: facts by name, a short table, a timeline, an inset with the essentials."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from merchant_desk.ui.actions import Actions
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Space, Tone, Type, TypeStyle
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.labels import ElidedLabel, label, set_tone


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value, both already in the person's language."""

    name: str
    value: str
    tone: Tone | None = None
    strong: bool = False


class FactList(QWidget):
    """Facts below each other: names at the left, values at the right; labels are used again.

    On a `wide` surface values begin behind the names: the eye need not travel.
    """

    def __init__(self, look: Look, *, wide: bool = False) -> None:
        super().__init__()
        self._look = look
        self._side = Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignRight
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.MEDIUM)
        self._grid.setVerticalSpacing(Space.HAIR)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[ElidedLabel, ElidedLabel]] = []

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        while len(self._rows) < len(facts):
            name, value = ElidedLabel("", "small"), ElidedLabel("")
            value.setAlignment(self._side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(name, len(self._rows), 0)
            self._grid.addWidget(value, len(self._rows), 1)
            self._rows.append((name, value))
        for i, (name, value) in enumerate(self._rows):
            there = i < len(facts)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(facts[i].name)
                value.setText(facts[i].value)
                set_tone(value, facts[i].tone)
                face = font(Type.STRONG if facts[i].strong else Type.TEXT)
                value.setFont(face)


class Inset(QFrame):
    """A quiet box with a strong line and a small one."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "inset")
        self._first = ElidedLabel("", "strong")
        self._second = label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.SMALL)
        column.setSpacing(2)
        column.addWidget(self._first)
        column.addWidget(self._second)

    def show_lines(self, first: str, second: str = "") -> None:
        """Show other lines; both empty hide the box."""
        self._first.setText(first)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self.setVisible(bool(first or second))


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: when (written out), what, and who or why."""

    at: str
    title: str
    detail: str = ""
    tone: Tone = Tone.ACCENT


class Timeline(QWidget):
    """What happened, the latest first, drawn in one go."""

    STEP, LINE, AT_WIDTH = 44, 20, 46.0

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._moments: tuple[Moment, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Show another history."""
        self._moments = tuple(moments)
        self.setAccessibleName("; ".join(f"{one.at} {one.title} {one.detail}".strip() for one in moments))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, max(1, len(self._moments)) * self._step())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, step = self._look.colours, self._step()
        small = QFontMetricsF(font(Type.SMALL))
        left = max([self.AT_WIDTH, *(small.horizontalAdvance(one.at) + 10 for one in self._moments)])
        x = left + 6
        for i, one in enumerate(self._moments):
            top = float(i * step)
            if i + 1 < len(self._moments):
                painter.setPen(QPen(QColor(colours.line), 2))
                painter.drawLine(QPointF(x, top + 16), QPointF(x, top + step + 6))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.ink_of(one.tone)))
            painter.drawEllipse(QPointF(x, top + 11), 4.5, 4.5)
            self._words(painter, one, QRectF(0, top, left - 6, step), QRectF(x + 14, top, 0, step))

    def _words(self, painter: QPainter, one: Moment, at: QRectF, area: QRectF) -> None:
        colours = self._look.colours
        area.setRight(float(self.width()))
        half = self._step() / 2
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(colours.ink_second))
        painter.drawText(at.adjusted(0, 0, 0, -half), int(Qt.AlignmentFlag.AlignVCenter), one.at)
        painter.drawText(
            area.adjusted(0, half - 2, 0, -2),
            int(Qt.AlignmentFlag.AlignVCenter),
            _cut(one.detail, area, Type.SMALL),
        )
        painter.setFont(font(Type.TEXT))
        painter.setPen(QColor(colours.ink))
        painter.drawText(
            area.adjusted(0, 0, 0, -half),
            int(Qt.AlignmentFlag.AlignVCenter),
            _cut(one.title, area, Type.TEXT),
        )

    def _step(self) -> int:
        return max(self.STEP, int(QFontMetricsF(font(Type.TEXT)).height() * 2) + 6)


def _cut(words: str, area: QRectF, style: TypeStyle) -> str:
    metrics = QFontMetricsF(font(style))
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width())


class ButtonRow(QWidget):
    """The actions of a panel: those that are possible now, in as many lines as they need.

    The first possible one of `primaries` is the loud one.
    """

    def __init__(self, actions: Actions, names: Sequence[str], primaries: Sequence[str] = ()) -> None:
        super().__init__()
        self._commands = actions
        self._primaries = tuple(primaries)
        self._buttons = {name: actions.button(name) for name in names}
        for button in self._buttons.values():
            button.setParent(self)
        # Not Fixed: that would hold it to the height that it had before its width was known.
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        actions.changed.connect(self._place)
        self._place()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._flow(width, move=False)

    def sizeHint(self) -> QSize:
        shown = [b.sizeHint().width() for name, b in self._buttons.items() if self._commands.possible(name)]
        wide = sum(shown) + Space.SMALL * max(0, len(shown) - 1)
        return QSize(wide, self._flow(max(self.width(), wide), move=False))

    def minimumSizeHint(self) -> QSize:
        widest = max((b.sizeHint().width() for b in self._buttons.values()), default=0)
        return QSize(min(widest, self.sizeHint().width()), Size.CONTROL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._flow(self.width(), move=True)

    def _place(self) -> None:
        first = next((name for name in self._primaries if self._commands.possible(name)), "")
        for name, button in self._buttons.items():
            button.set_kind(Kind.PRIMARY if name == first else Kind.SECONDARY)
            button.setVisible(self._commands.possible(name))
        self._flow(self.width(), move=True)
        self.updateGeometry()

    def _flow(self, width: int, *, move: bool) -> int:
        """Set the buttons one behind the other; return the height that they need."""
        left = top = height = 0
        for name, button in self._buttons.items():
            if not self._commands.possible(name):
                continue
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + height + Space.SMALL
            if move:
                button.setGeometry(left, top, size.width(), size.height())
            left += size.width() + Space.SMALL
            height = size.height()
        return top + height
