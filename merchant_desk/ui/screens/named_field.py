"""A form's field whose name and hint change with the language."""

from PySide6.QtWidgets import QWidget

from merchant_desk.ui.widgets.form import Field


class NamedField(Field):
    """A `Field` that can be named again."""

    def __init__(self, editor: QWidget) -> None:
        super().__init__("", editor)

    def set_name(self, name: str, hint: str = "") -> None:
        """Write name and hint anew; an error that is shown stays."""
        self._name.setText(name)
        self._hint = hint
        self.editor.setAccessibleName(name)
        if not self.error:
            self.show_error("")
