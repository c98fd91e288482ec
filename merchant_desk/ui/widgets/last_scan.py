"""The last-scan panel: what happened, in very large type, with colour, shape, running count and the keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import SHAPES, Radius, Space, Tone
from merchant_desk.ui.widgets.bigtext import BigCount, Headline
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import ChipRow, ChipText, paint_shape
from merchant_desk.ui.widgets.keys import HintRow, KeyHint
from merchant_desk.ui.widgets.labels import ElidedLabel, separator
from merchant_desk.ui.widgets.meter import Meter


class ScanState(StrEnum):
    """What became of the last scan. A blocked station waits for OK; its scan was refused."""

    IDLE = "idle"
    ACCEPTED = "accepted"
    ATTENTION = "attention"
    REFUSED = "refused"
    BLOCKED = "blocked"

    @property
    def tone(self) -> Tone:
        """The colour of the state."""
        return {
            ScanState.IDLE: Tone.NEUTRAL,
            ScanState.ACCEPTED: Tone.OK,
            ScanState.ATTENTION: Tone.WARNING,
        }.get(self, Tone.REFUSED)


@dataclass(frozen=True, slots=True)
class LastScan:
    """A scan and its outcome, in words that are already in the person's language.

    `headline` is the product's name, or the sentence of a refusal; `detail` the line below it (code, lot,
    expiry); `chips` what else matters (pack factor, location); `state_text` replaces the state's usual name.
    """

    state: ScanState
    headline: str
    detail: str = ""
    chips: tuple[ChipText, ...] = ()
    state_text: str = ""


@dataclass(frozen=True, slots=True)
class RunningCount:
    """The count at the right: figures written out, `permille` for the bar (None: no expectation, no bar)."""

    caption: str
    count: str
    expected: str = ""
    remainder: str = ""
    permille: int | None = None


class StateMark(QWidget):
    """The state's shape, large, with the sign inside that everybody knows."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = Tone.NEUTRAL
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_tone(self, tone: Tone) -> None:
        """Show another state."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(44, 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._look.colours
        side = min(self.width(), self.height())
        area = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        if self._tone is Tone.NEUTRAL:
            paint_icon(painter, area.adjusted(2, 2, -2, -2), "scan-barcode", colours.ink_third)
            return
        shape = SHAPES[self._tone]
        paint_shape(painter, area.center(), side * 0.86, shape, colours.ink_of(self._tone))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._tone is Tone.WARNING:
            painter.setPen(QPen(QColor(colours.panel), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            centre = area.center()
            painter.drawLine(QPointF(centre.x(), centre.y() - 5), QPointF(centre.x(), centre.y() + 4))
            painter.drawPoint(QPointF(centre.x(), centre.y() + 12))
            return
        paint_icon(
            painter, area.adjusted(10, 10, -10, -10), "check" if self._tone is Tone.OK else "x", colours.panel
        )


class LastScanPanel(QFrame):
    """The heart of a station. Screens call `show_scan`, `show_count`, `set_hints`; `acknowledged` is the OK.

    While the state is BLOCKED the hints make room for the OK button; the station decides what its key is.
    """

    acknowledged = Signal()

    BAR = 9

    def __init__(self, look: Look, ok_key: str = "F2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._scan = LastScan(ScanState.IDLE, "")
        self._waiting = 0
        self._mark = StateMark(look)
        self._headline = Headline(look)
        self._detail = ElidedLabel("", "lead")
        self._chips = ChipRow(look)
        self._hints = HintRow(look)
        self._stop = QWidget()
        self._ok = ActionButton(look, kind=Kind.PRIMARY, key=ok_key)
        self._ok.clicked.connect(self.acknowledged)
        self._ok_hint = ElidedLabel("", "second")
        self._caption = ElidedLabel("", "second")
        self._count = BigCount(look)
        self._meter = Meter(look)
        self._remainder = ElidedLabel("", "second")
        self._right = QWidget()
        self._divide = separator(upright=True)
        self._lay_out()
        look.language.follow(self, self._write)

    @property
    def scan(self) -> LastScan:
        """What the panel shows."""
        return self._scan

    def show_scan(self, scan: LastScan) -> None:
        """Show a scan's outcome; a blocked one brings the OK button."""
        was_blocked = self._scan.state is ScanState.BLOCKED
        if scan.state is not self._scan.state:
            self.update()
        self._scan = scan
        if scan.state is not ScanState.BLOCKED:
            self._waiting = 0
        self._write()
        if scan.state is ScanState.BLOCKED and not was_blocked:
            self._ok.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_waiting(self, scans: int) -> None:
        """Tell how many scans came in while the station is blocked."""
        self._waiting = scans
        self._write()

    def show_idle(self) -> None:
        """Show that the station is ready and nothing was scanned yet."""
        self.show_scan(LastScan(ScanState.IDLE, ""))

    def show_count(self, count: RunningCount | None) -> None:
        """Show the running count at the right; None hides that part."""
        self._right.setVisible(count is not None)
        self._divide.setVisible(count is not None)
        if count is None:
            return
        self._caption.setText(count.caption)
        self._widen()
        self._count.show_count(count.count, count.expected)
        self._remainder.setText(count.remainder)
        self._meter.setVisible(count.permille is not None)
        self._meter.show_value(count.permille or 0)

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        """Say which keys work here."""
        self._hints.show_hints(hints)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen()

    def _widen(self) -> None:
        """Give the count's side the width of its caption, up to two fifths."""
        words = self._caption.sizeHint().width() + Space.PAGE + Space.WIDE
        self._right.setMinimumWidth(max(0, min(words, self.width() * 2 // 5)))

    def sizeHint(self) -> QSize:
        return QSize(760, max(200, min(300, int(self.window().height() * 0.3))))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 196)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        tone = self._scan.state.tone
        loud = self._loud()
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.PANEL, Radius.PANEL)
        painter.fillPath(path, QColor(colours.tint_of(tone) if loud else colours.panel))
        painter.save()
        painter.setClipPath(path)
        ink = colours.line if self._scan.state is ScanState.IDLE else colours.ink_of(tone)
        width = self.BAR * 2 if self._scan.state is ScanState.BLOCKED else self.BAR
        painter.fillRect(QRectF(0, 0, width, self.height()), QColor(ink))
        painter.restore()
        painter.setPen(QPen(QColor(colours.ink_of(tone) if loud else colours.line), 1))
        painter.drawPath(path)

    def _loud(self) -> bool:
        return self._scan.state not in (ScanState.IDLE, ScanState.ACCEPTED)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(self.BAR, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(Space.WIDE, Space.PAGE, Space.PAGE, Space.PAGE)
        left.setSpacing(Space.HAIR)
        left.addWidget(self._chips)
        left.addStretch(2)
        name = QHBoxLayout()
        name.setSpacing(Space.LARGE)
        name.addWidget(self._mark)
        name.addWidget(self._headline, 1)
        left.addLayout(name)
        left.addWidget(self._detail)
        left.addStretch(2)
        left.addWidget(self._hints)
        left.addWidget(self._stop)
        stop = QHBoxLayout(self._stop)
        stop.setContentsMargins(0, 0, 0, 0)
        stop.setSpacing(Space.MEDIUM)
        stop.addWidget(self._ok)
        stop.addWidget(self._ok_hint, 1)
        row.addLayout(left, 3)
        row.addWidget(self._divide)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(Space.PAGE, Space.PAGE, Space.WIDE, Space.PAGE)
        right.setSpacing(Space.MEDIUM)
        for part in (self._caption, self._remainder):
            part.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        right.addWidget(self._caption)
        right.addWidget(self._count, 1)
        right.addWidget(self._meter)
        right.addWidget(self._remainder)
        row.addWidget(self._right, 1)
        self._right.hide()
        self._divide.hide()

    def _write(self) -> None:
        scan, text = self._scan, self._look.text
        state = ChipText(
            scan.state_text or text(f"scan.{scan.state}"), scan.state.tone, marked=True, solid=self._loud()
        )
        idle = scan.state is ScanState.IDLE
        self._chips.show_chips(scan.chips if idle else (state, *scan.chips), raised=self._loud())
        self._mark.show_tone(scan.state.tone)
        self._headline.show_text(scan.headline or (text("scan.idle") if idle else ""), quiet=idle)
        self._detail.setText(scan.detail or (text("scan.idle_hint") if idle else ""))
        self._ok.setText(text("scan.ok"))
        waiting = text("scan.waiting", n=self._waiting) if self._waiting else ""
        self._ok_hint.setText(waiting or text("scan.ok_hint"))
        self._hints.setVisible(scan.state is not ScanState.BLOCKED)
        self._stop.setVisible(scan.state is ScanState.BLOCKED)
        self.setAccessibleName(f"{state.text}: {scan.headline}")
