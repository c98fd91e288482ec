"""A whole table: search field, rows, foot line, and its empty, loading and failed states."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.ui.tables.columns import RowId
from merchant_desk.ui.tables.keyset_model import KeysetModel, LoadState
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import ElidedLabel, separator

SEARCH, BESIDE = 320, 48
"""Device-independent pixels: a search field's width, and what its icon and margins take of it."""

DEBOUNCE_MS = 120
SLOW_MS = 250
"""How long loading may take before the table says that it is loading."""


class DataTable(QWidget):
    """A `KeysetModel` on a screen.

    `activated_row(id)` follows Enter and double click, `current_row(id)` the choice. `tools` is the row
    beside the search field, for filters and buttons. `empty` replaces the words of the empty table.
    """

    activated_row = Signal(object)
    current_row = Signal(object)

    def __init__(
        self,
        look: Look,
        model: KeysetModel[Any],
        *,
        searchable: bool = True,
        placeholder: str = "table.search",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self._placeholder = placeholder
        self._empty_texts: Callable[[EmptyState], None] | None = None
        self.view = RowView(look, model)
        self.view.activated_row.connect(self.activated_row)
        self.view.current_row.connect(self.current_row)
        self.search = QLineEdit()
        self.search.setProperty("look", "search")
        self.search.setMaximumWidth(SEARCH)
        self.search.setMinimumWidth(140)
        if not searchable:
            self.search.hide()  # to show it now, without a parent, would open a window of its own
        self.search.installEventFilter(self)
        self.tools = QHBoxLayout()
        self._state = EmptyState(look)
        self._stack = QStackedWidget()
        self._foot = ElidedLabel("", "small")
        self._typing = self._clock(DEBOUNCE_MS, self._search)
        self._slow = self._clock(SLOW_MS, self._show_loading)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self._lay_out()
        model.state_changed.connect(self._show_state)
        model.count_changed.connect(self._write_foot)
        look.language.follow(self, self._write)

    @property
    def model(self) -> KeysetModel[Any]:
        """The rows."""
        return self._model

    def open(self) -> None:
        """Load the first window."""
        self._model.load()
        self._show_state()

    def refresh(self) -> None:
        """Read again what is in memory; call it on Changes."""
        self._model.refresh()

    def choose(self, row_id: RowId) -> bool:
        """Choose a row by id; tells whether it is in memory."""
        return self.view.choose(row_id)

    def set_empty(self, write: Callable[[EmptyState], None]) -> None:
        """Let a screen say what an empty table means there: `write(state)` calls `state.set_texts(...)`."""
        self._empty_texts = write
        self._show_state()

    def focus_search(self) -> None:
        """Move the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter_rows()
                return True
            if event.key() == Qt.Key.Key_Escape:
                if self.search.text():
                    self.search.clear()
                else:
                    self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _enter_rows(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._search()
        self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def _search(self) -> None:
        self._model.search(self.search.text().strip())
        self.view.scrollToTop()

    def _clock(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._bar = QWidget()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(Space.MEDIUM, Space.SMALL + 2, Space.MEDIUM, Space.SMALL + 2)
        bar.setSpacing(Space.SMALL)
        bar.addWidget(self.search, 3)
        bar.addLayout(self.tools, 2)
        column.addWidget(self._bar)
        self._line = separator()
        column.addWidget(self._line)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._state)
        column.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.LARGE, Space.SMALL, Space.LARGE, Space.SMALL)
        foot.addWidget(self._foot)
        column.addLayout(foot)
        if self.search.isHidden():
            self._bar.hide()
            self._line.hide()

    def _show_state(self) -> None:
        state = self._model.load_state
        if state is LoadState.LOADING and not self._model.rows:
            self._slow.start()
            return
        self._slow.stop()
        if state is LoadState.FAILED:
            self._show_failure()
        elif not self._model.rows:
            self._show_empty()
        else:
            self._stack.setCurrentWidget(self.view)
        self._write_foot()

    def _show_loading(self) -> None:
        self._state.set_texts(self._look.text("table.loading"), icon="hourglass")
        self._stack.setCurrentWidget(self._state)

    def _show_failure(self) -> None:
        text = self._look.text
        self._state.set_texts(
            text("table.error"),
            describe(self._model.error, self._look.language) if self._model.error is not None else "",
            icon="triangle-alert",
            tone=Tone.REFUSED,
            action=text("table.retry"),
            run=self._model.load,
        )
        self._stack.setCurrentWidget(self._state)

    def _show_empty(self) -> None:
        text, search = self._look.text, self._model.search_text
        if search:
            self._state.set_texts(
                text("table.no_match", search=search),
                text("table.no_match_hint"),
                icon="search",
                action=text("table.clear_search"),
                run=self.search.clear,
            )
        elif self._empty_texts is not None:
            self._empty_texts(self._state)
        else:
            self._state.set_texts(text("table.empty"), text("table.empty_hint"))
        self._stack.setCurrentWidget(self._state)

    def _write_foot(self) -> None:
        self._foot.setText(" · ".join(part for part in (self._rows_text(), self._order_text()) if part))

    def _rows_text(self) -> str:
        model, text = self._model, self._look.text
        shown = len(model.rows)
        if model.load_state is not LoadState.READY:
            return ""
        if model.at_start and model.at_end:
            return text("table.rows", n=shown)
        if model.count is not None and model.count.rows >= shown:
            key = "table.rows_of" if model.count.exact else "table.rows_of_about"
            return text(key, shown=shown, n=model.count.rows)
        return text("table.rows_more", shown=shown)

    def _order_text(self) -> str:
        titles = {column.key: column.title for column in self._model.columns}
        title = titles.get(self._model.sort_order.key, "")
        return self._look.text("table.sorted_by", column=self._look.text(title)) if title else ""

    def _write(self) -> None:
        says = self._look.text(self._placeholder)
        self.search.setPlaceholderText(says)
        self.search.setToolTip(says)
        self.search.ensurePolished()
        self.search.setMaximumWidth(max(SEARCH, self.search.fontMetrics().horizontalAdvance(says) + BESIDE))
        self._show_state()
