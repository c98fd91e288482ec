"""The frame of a form: fields, what is wrong with each, and the buttons that end it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.labels import label, restyle, separator

FRAME = 40
"""What a window system puts around a dialog, in device-independent pixels."""

LEAST, MOST = 80, 16_777_215
"""Between these the fields' part is as high as they are; the latter is Qt's word for no limit."""


class Field(QWidget):
    """A form's field: its name, the editor, a hint, and the error that takes the hint's place."""

    def __init__(self, name: str, editor: QWidget, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        self._hint = hint
        self._name = label(name, "second")
        self._name.setBuddy(editor)
        self._note = label(hint, "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HAIR)
        for part in (self._name, editor, self._note):
            column.addWidget(part)
        self._note.setVisible(bool(hint))
        editor.setAccessibleName(name)

    @property
    def error(self) -> str:
        """What is wrong with the field; empty if nothing is."""
        return self._note.text() if self._note.property("look") == "error" else ""

    def show_error(self, error: str) -> None:
        """Say what is wrong, or with an empty text that nothing is."""
        restyle(self._note, "look", "error" if error else "small")
        self._note.setText(error or self._hint)
        self._note.setVisible(bool(error or self._hint))
        restyle(self.editor, "invalid", "true" if error else "false")
        self.editor.setAccessibleDescription(error or self._hint)


class FormDialog(QDialog):
    """A form in a dialog: title, explanation, fields, an error for the whole, and the buttons.

    `submit` returns {field: error}; the field "" is the form as a whole; {} closes the dialog as accepted.
    A `careful` one asks for what cannot be had back: Return calls it off until somebody goes to the button.
    """

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        title: str,
        submit: Callable[[], Mapping[str, str]],
        *,
        note: str = "",
        save: str = "",
        danger: bool = False,
        careful: bool = False,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._asker = parent.window()
        self._submit = submit
        self._fields: dict[str, Field] = {}
        self._wrong: Field | None = None
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(Space.PAGE, Space.MEDIUM, Space.PAGE, Space.MEDIUM)
        self._column.setSpacing(Space.MEDIUM)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self._careful = careful
        kind = Kind.DANGER if danger or careful else Kind.PRIMARY
        self.save = ActionButton(
            look, save or look.text("form.save"), kind=kind, key="" if careful else "Return"
        )
        self.cancel = ActionButton(look, look.text("form.cancel"), key="Esc")
        (self.cancel if careful else self.save).setDefault(True)
        self.save.clicked.connect(self.try_submit)
        self.cancel.clicked.connect(self.reject)
        self._lay_out(title, note)

    def add_field(self, name: str, title: str, editor: QWidget, hint: str = "") -> Field:
        """Add a field under an id by which `submit` names its errors."""
        field = Field(title, editor, hint)
        self._fields[name] = field
        self._column.addWidget(field)
        return field

    def add_widget(self, widget: QWidget) -> None:
        """Add something that is not a field."""
        self._column.addWidget(widget)

    def try_submit(self) -> None:
        """Submit; close if nothing is wrong, else show each error at its field and go to the first."""
        errors = dict(self._submit())
        whole = errors.pop("", "")
        self._error.setText(whole)
        self._error.setVisible(bool(whole))
        first: Field | None = None
        for name, field in self._fields.items():
            field.show_error(errors.get(name, ""))
            first = first or (field if name in errors else None)
        if not errors and not whole:
            self.accept()
        elif first is not None:
            first.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wrong = first
        QTimer.singleShot(0, self, self._fit)

    def done(self, result: int) -> None:
        super().done(result)
        # Not every window system gives the keys back to the window that asked.
        self._asker.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._careful:
            self.try_submit()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._careful:
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fit()

    def _fit(self) -> None:
        """Be as high as everything is, or as the screen; then what is wrong is scrolled to.

        A scroll area's hint knows nothing of texts of several lines, so its height is asked of the fields.
        """
        layout, inner = self.layout(), self._inner
        if layout is None:
            return
        inner.activate()
        width = self._area.viewport().width()
        fields = inner.totalHeightForWidth(width) if inner.hasHeightForWidth() else inner.sizeHint().height()
        # Once as if the fields took nothing: that is what title, note and buttons take.
        self._area.setFixedHeight(0)
        rest = layout.totalHeightForWidth(self.width())
        room = self.screen().availableGeometry().height() - FRAME - rest
        self._area.setMaximumHeight(MOST)
        self._area.setMinimumHeight(max(min(fields, room), LEAST))
        layout.activate()
        self.resize(self.width(), max(self.height(), rest + self._area.minimumHeight()))
        if self._wrong is not None:
            self._area.ensureWidgetVisible(self._wrong, 0, Space.SMALL)

    def _lay_out(self, title: str, note: str) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.HAIR)
        head.setSpacing(Space.HAIR)
        head.addWidget(label(title, "title", wrap=True))
        if note:
            head.addWidget(label(note, "second", wrap=True))
        outer.addLayout(head)
        body = QWidget()
        inner = self._inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._column)
        inner.addStretch(1)
        self._area = area = QScrollArea()
        area.setProperty("look", "clear")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        area.setWidget(body)
        outer.addWidget(area, 1)
        outer.addWidget(separator())
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.PAGE, Space.MEDIUM, Space.PAGE, Space.MEDIUM)
        foot.setSpacing(Space.SMALL)
        foot.addWidget(self._error, 1)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        outer.addLayout(foot)
