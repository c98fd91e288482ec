"""The form that says how a file is written, where that cannot be found or was found wrongly."""

from collections.abc import Callable
from typing import Final, Literal, cast

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from merchant_desk.documents.mapping import MappingOptions
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog

ENCODINGS: Final = ("utf-8", "gb18030", "utf-16", "big5", "shift_jis", "cp1252")
DELIMITERS: Final = {",": ",", ";": ";", "\t": "Tab", "|": "|", "^": "^", "，": "，"}
DATE_ORDERS: Final = ("ymd", "dmy", "mdy", "serial")

Taken = Callable[[MappingOptions, str], None]


class OptionsForm(FormDialog):
    """Options of a mapping, and the channel where the file holds orders; `taken(options, channel)`."""

    def __init__(
        self, look: Look, owner: QWidget, options: MappingOptions, channel: str | None, taken: Taken
    ) -> None:
        text = look.text
        super().__init__(look, owner, text("imports.options_title"), self._errors)
        self._options, self._taken = options, taken
        self.header_row = QLineEdit(str(options.header_row or ""))
        self.header_row.setPlaceholderText(text("imports.found"))
        self.encoding, self.delimiter, self.date_order, self.mark = (QComboBox() for _ in range(4))
        self.hidden = QCheckBox(text("imports.hidden"))
        self.channel = QLineEdit(channel or "", self)
        self._fill()
        self.add_field("header_row", text("imports.header_row"), self.header_row)
        self.add_field("encoding", text("imports.encoding"), self.encoding)
        self.add_field("delimiter", text("imports.delimiter"), self.delimiter)
        self.add_field("date_order", text("imports.date_order"), self.date_order)
        self.add_field("mark", text("imports.decimal_mark"), self.mark)
        self.add_widget(self.hidden)
        if channel is not None:
            self.add_field("channel", text("imports.channel"), self.channel)
        self.channel.setHidden(channel is None)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def _fill(self) -> None:
        text, options = self._look.text, self._options
        for box, known, chosen in (
            (self.encoding, {name: name.upper() for name in ENCODINGS}, options.encoding),
            (self.delimiter, DELIMITERS, options.delimiter),
        ):
            box.addItem(text("imports.found"), None)
            for value, shown in known.items():
                box.addItem(shown, value)
            box.setCurrentIndex(max(0, box.findData(chosen)))
        for order in DATE_ORDERS:
            self.date_order.addItem(text(f"imports.date_{order}"), order)
        self.date_order.setCurrentIndex(self.date_order.findData(options.date_order))
        for mark in (".", ","):
            self.mark.addItem(f"1{mark}5", mark)
        self.mark.setCurrentIndex(self.mark.findData(options.decimal_mark))
        self.hidden.setChecked(options.hidden_rows == "take")

    def _errors(self) -> dict[str, str]:
        typed = self.header_row.text().strip()
        if typed and not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= 1_048_576):
            return {"header_row": self._look.text("imports.bad_number")}
        options = msgspec.structs.replace(
            self._options,
            header_row=int(typed) if typed else None,
            encoding=self.encoding.currentData(),
            delimiter=self.delimiter.currentData(),
            date_order=cast("Literal['ymd', 'dmy', 'mdy', 'serial']", self.date_order.currentData()),
            decimal_mark=cast("Literal['.', ',']", self.mark.currentData()),
            hidden_rows="take" if self.hidden.isChecked() else "refuse",
        )
        self._taken(options, self.channel.text().strip())
        return {}
