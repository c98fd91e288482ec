"""The forms of locations: a pattern with what it stands for, and what to print their labels on."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from merchant_desk.domain.locations import codes_of
from merchant_desk.domain.printers import Paper, Printer
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.floor import WarehouseView
from merchant_desk.ui.screens.warehouse_choice import warehouse_box
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label

KINDS_MADE = ("storage", "receiving", "staging")
"""Kinds of location that people make; goods in transit have places that the program makes."""


def ask_pattern(
    look: Look,
    owner: QWidget,
    warehouses: Sequence[WarehouseView],
    chosen: str,
    then: Callable[[WarehouseView, tuple[str, ...], str], None],
) -> FormDialog:
    """Ask which locations are to be added, and where there are several to which warehouse (not to none).

    `chosen` is the code of this desk's. `then` gets the warehouse, the codes and their kind.
    """
    pattern, kind = QLineEdit(), QComboBox()
    box = warehouse_box(warehouses, chosen) if len(warehouses) > 1 else None
    for name in KINDS_MADE:
        kind.addItem(look.language.word(name), name)

    def read() -> tuple[tuple[str, ...], str]:
        """Return the codes, or why there are none."""
        try:
            return codes_of(pattern.text().strip()), ""
        except Refusal as refusal:
            return (), describe(refusal, look.language)

    def submit() -> dict[str, str]:
        codes, error = read()
        if error:
            return {"pattern": error}
        then(box.currentData() if box else warehouses[0], codes, kind.currentData())
        return {}

    form = FormDialog(
        look, owner.window(), look.text("locations.add"), submit, note=look.text("locations.add_note")
    )
    form.add_field("pattern", look.text("locations.pattern"), pattern)
    _add_preview(form, look, pattern, lambda: read()[0])
    form.add_field("kind", look.text("locations.kind"), kind)
    if box is not None:
        form.add_field("warehouse", look.text("locations.warehouse"), box)
    _open(form, pattern)
    return form


def _add_preview(
    form: FormDialog, look: Look, pattern: QLineEdit, read: Callable[[], tuple[str, ...]]
) -> None:
    """Say below the pattern, as it is typed, which codes it stands for."""
    preview = label("", "second", wrap=True)
    preview.setMinimumHeight(preview.fontMetrics().lineSpacing() * 2)

    def show() -> None:
        codes = read()
        key = "locations.preview_one" if len(codes) == 1 else "locations.preview"
        said = look.text(key, n=len(codes), first=codes[0], last=codes[-1]) if codes else ""
        preview.setText(said)

    pattern.textChanged.connect(show)
    form.add_widget(preview)


def ask_output(
    look: Look,
    owner: QWidget,
    count: int,
    total: int,
    outputs: Sequence[tuple[str, Printer | Paper]],
    then: Callable[[Printer | Paper], None],
) -> FormDialog:
    """Ask what to print labels on; `then` gets the printer, or the paper of a PDF."""
    output = QComboBox()
    for name, _ in outputs:
        output.addItem(name)

    def submit() -> dict[str, str]:
        then(outputs[output.currentIndex()][1])
        return {}

    note = look.text("locations.labels_note")
    if total > count:
        note = look.text("locations.labels_cut", n=count)
    title = look.text("locations.labels_title", n=count)
    form = FormDialog(look, owner.window(), title, submit, note=note, save=look.text("locations.labels"))
    form.add_field("output", look.text("locations.output"), output)
    _open(form, output)
    return form


def _open(form: FormDialog, first: QWidget) -> None:
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    form.open()
    first.setFocus(Qt.FocusReason.OtherFocusReason)
