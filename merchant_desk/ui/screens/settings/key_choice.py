"""Section of the settings: where the desk's key is, and what its people may do about it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.desk import Desk
from merchant_desk.documents.recovery_sheet import TITLE, RecoverySheet, sheet_lines
from merchant_desk.domain.printers import Printer, Purpose, usual_printer
from merchant_desk.domain.refusals import Refusal
from merchant_desk.sync.findings import Finding
from merchant_desk.sync.key_keeping import KeyPlaces
from merchant_desk.sync.passphrase import LEAST_LETTERS
from merchant_desk.sync.server_health import backup_finding
from merchant_desk.sync.status import Link
from merchant_desk.sync.vault import PassphraseRequest, VaultKind
from merchant_desk.ui.screens.code_paper import CodePaper
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.printing import printer_name, report_words
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.secret_field import SecretField
from merchant_desk.ui.window.screens import ScreenContext

RIGHT = "people"
"""Who may reset others' passwords may print what opens the desk."""

SHEET = "recovery-{code}.html"


class KeyChoice(QWidget):
    """Three sentences (key, papers, the server's last copy) and the buttons that fit them."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._desk: Desk = parts.desk
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self._places = KeyPlaces((), ())
        self._backup: Finding | None = None
        self._said = label("", "small", wrap=True)
        self.passphrase, self.keyring, self.sheet, self.paper = (ActionButton(self._look) for _ in range(4))
        self.passphrase.clicked.connect(self.ask_passphrase)
        self.keyring.clicked.connect(self._move)
        self.sheet.clicked.connect(self._choose_file)
        self.paper.clicked.connect(self.ask_to_print)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.SMALL, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._said)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        for button in (self.passphrase, self.keyring, self.paper, self.sheet):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self._look.language.follow(self, self.write)

    def read(self) -> None:
        """Look where the key is, and ask the server (if it is there) how old its last copy is."""
        run, desk = self._context.runner.run, self._desk
        run(desk.key_places, self._take_places, owner=self)
        if desk.runtime.status.link is Link.ONLINE:
            run(lambda: backup_finding(desk.api.health().backup), self._take_backup, failed=_pass, owner=self)

    def write(self) -> None:
        """Write everything in the language of now."""
        text, kinds = self._look.text, self._places.vaults
        papers = ", ".join(self._places.papers)
        lines = [text(f"settings.key_{kind.value}") for kind in kinds]
        if VaultKind.DEMO not in kinds:
            lines.append(text("settings.papers", numbers=papers) if papers else text("settings.no_papers"))
        if self._backup is not None:
            lines.append(self._backup.zh if self._look.language.code.startswith("zh") else self._backup.en)
        self._said.setText("\n".join(lines))
        self.passphrase.setText(text("settings.set_passphrase"))
        self.keyring.setText(text("settings.to_keyring"))
        self.sheet.setText(text("settings.new_sheet"))
        self.paper.setText(text("settings.print_sheet"))
        may = bool(kinds) and VaultKind.DEMO not in kinds and self._parts.permitted(RIGHT)
        self.passphrase.setVisible(may)
        self.keyring.setVisible(may and VaultKind.KEYRING not in kinds)
        self.sheet.setVisible(may)
        self.paper.setVisible(may)

    def ask_passphrase(self) -> FormDialog:
        """Ask for a new passphrase, twice."""
        text = self._look.text
        first, second = SecretField(), SecretField()

        def submit() -> dict[str, str]:
            if len(first.text()) < LEAST_LETTERS:
                return {"first": text("settings.passphrase_short", n=LEAST_LETTERS)}
            if first.text() != second.text():
                return {"second": text("entrance.differ")}
            self._set(first.text())
            return {}

        dialog = FormDialog(
            self._look,
            self.window(),
            text("settings.set_passphrase"),
            submit,
            note=text("settings.passphrase_note"),
        )
        dialog.add_field("first", text("entrance.secret"), first)
        dialog.add_field("second", text("entrance.secret_again"), second)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        return dialog

    def ask_to_print(self) -> FormDialog:
        """Ask whether the former paper may become void, and print a new one."""
        text = self._look.text
        printer = usual_printer(Purpose.DOCUMENTS, self._parts.printing.printers)

        def agreed() -> dict[str, str]:
            self.print_sheet(printer)
            return {}

        note = text("settings.print_sheet_note", printer=printer_name(printer, self._look.language))
        title = text("settings.print_sheet")
        dialog = FormDialog(self._look, self.window(), title, agreed, note=note, save=title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def print_sheet(self, printer: Printer) -> None:
        """Print a new paper for this desk alone; the former one stays good where that fails."""
        language = self._look.language

        def hand_over(sheet: RecoverySheet) -> None:
            paper = CodePaper(TITLE, sheet.key, tuple(sheet_lines(sheet)))
            report = self._parts.printing.print_now(printer, paper)
            if not report.outcome.is_well:
                raise Refusal("not_printed", why=report_words(report, printer, TITLE, language))

        def told(number: object) -> str:
            name = printer_name(printer, language)
            return self._look.text("settings.sheet_printed", number=str(number), printer=name)

        self._change(lambda: self._desk.new_recovery_paper(hand_over), told)

    def write_sheet(self, path: Path) -> None:
        """Make a new paper for this desk alone, and write its sheet."""
        self._change(
            lambda: self._desk.write_recovery_sheet(path),
            lambda number: self._look.text("settings.sheet_written", number=str(number), file=path.name),
        )

    def _set(self, passphrase: str) -> None:
        def given(request: PassphraseRequest) -> str | None:
            return passphrase if request.attempt == 1 else None

        self._change(lambda: self._desk.set_passphrase(given), lambda _: self._look.text("settings.done"))

    def _move(self) -> None:
        self._change(self._desk.move_key_to_keyring, lambda _: self._look.text("settings.done"))

    def _choose_file(self) -> None:
        name = str(Path.home() / SHEET.format(code=self._desk.identity.code))
        path, _ = QFileDialog.getSaveFileName(
            self.window(), self._look.text("settings.new_sheet"), name, "HTML (*.html);;Text (*.txt)"
        )
        if path:
            self.write_sheet(Path(path))

    def _change(self, work: Callable[[], object], told: Callable[[object], str]) -> None:
        def done(result: object) -> None:
            self._context.notices.tell(told(result), Tone.OK)
            self.read()

        self._doing.run(work, done)

    def _take_places(self, places: KeyPlaces) -> None:
        self._places = places
        self.write()

    def _take_backup(self, finding: Finding) -> None:
        self._backup = finding
        self.write()


def _pass(error: Exception) -> None:
    """Leave the line about the server out: that it cannot be asked is said elsewhere."""
