"""A desk does not open: why, what can be seen of it all the same, and how it goes on."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.domain.settings_known import SERIAL
from merchant_desk.models.faults import AlreadyOpen
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.support.bundle import Bundle, gather
from merchant_desk.support.repairs import REPAIRS, Mended, Patient, Repair, mend
from merchant_desk.sync.closed_health import Closed, examine_closed
from merchant_desk.sync.findings import Finding, Grade, NoSteps, worst_first
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.printing.service import named_printers
from merchant_desk.ui.screens.doctor.bundle_sheet import BundleSheet
from merchant_desk.ui.screens.doctor.findings_view import TONES, subject_name
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.surroundings import chinese_fonts, printers_there, scanner_trial, surroundings
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label, restyle
from merchant_desk.ui.widgets.panel import replace_widgets

Result = TypeVar("Result")

WIDE, HIGH, LOW = 820, 320, 80
"""Device-independent pixels: of the card, of all that was found, and of what there is to do alone."""

DESK = "desk"
"""The finding that says why it does not open: the card's own sentence."""


WAY = "restore"
"""The finding that says how it goes on: it stands first."""

MENDS = ("lock", "rights")
"""Repairs that need no open desk; the folder has a button of its own."""


class Wish(StrEnum):
    """What somebody wants of a desk that does not open."""

    CLOSE = "close"
    AGAIN = "again"
    ASIDE = "aside"


class TroubleDialog(OpeningDialog):
    """Shows what was met and found; `wish` is how it was left."""

    def __init__(self, look: Look, runner: TaskRunner, closed: Closed) -> None:
        super().__init__(look)
        self._runner, self._closed = runner, closed
        self._local = LocalSettings(closed.folder if closed.folder.is_dir() else None)
        self.wish = Wish.CLOSE
        self.found: list[Finding] = []
        self._said = ""
        self._tried: Exception | None = None
        self._busy = True
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.SMALL)
        # Nothing is wrong with a desk that is open in another window: what else there is can wait.
        self._shows_all = not isinstance(closed.fault, AlreadyOpen)
        self.more, self.bundle, self.folder, self.aside = (ActionButton(look) for _ in range(4))
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fields += [self._list(), self._tools()]
        self.lay_out()
        self.setMinimumWidth(WIDE)
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.examine()

    def examine(self) -> None:
        """Look at everything that needs no open desk, off the window's thread."""
        closed, printers = self._closed, named_printers(self._local)

        def work() -> list[Finding]:
            return [*examine_closed(closed), *printers_there(printers)]

        self._begin(work, self._take)

    def accept(self) -> None:
        self._leave(Wish.AGAIN)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("entrance.failed"))
        self.text.setText(describe(self._closed.fault, self.look.language))
        first = [one for one in self.found if one.subject == WAY]
        rest = [one for one in worst_first(self.found) if one.subject not in (WAY, DESK)]
        shown = rest if self._shows_all else []
        chips = [self._chip(one) for one in (*first, *shown)]
        width = max((chip.sizeHint().width() for chip in chips), default=0)
        lines = [self._line(one, chip, width) for one, chip in zip((*first, *shown), chips, strict=True)]
        replace_widgets(self._lines, lines or [label(text("doctor.examining"), "second")])
        self.bundle.setText(text("trouble.bundle"))
        self.folder.setText(text("trouble.folder"))
        self.aside.setText(text("trouble.aside"))
        self.aside.setVisible(self._closed.is_damaged)
        self.failure.setText(describe(self._tried, self.look.language) if self._tried else self._said)
        self.failure.setVisible(bool(self._tried or self._said))
        restyle(self.failure, "look", "error" if self._tried else "strong")
        self.more.setText(text("trouble.more", n=len(rest)))
        self.more.setVisible(bool(rest) and not self._shows_all)
        self._area.setFixedHeight(HIGH if self._shows_all else LOW)
        self.submit.setText(text("trouble.again"))
        self.leave.setText(text("entrance.close"))
        for button in (self.bundle, self.aside):
            button.setEnabled(not self._busy)
        super().write()

    # -- parts -----------------------------------------------------------------------------------

    def _list(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, Space.SMALL, 0)
        column.addLayout(self._lines)
        column.addStretch(1)
        area = self._area = scrolled(inside)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # arrows scroll
        area.setAccessibleName(self.look.text("doctor.tab_findings"))
        return area

    def _tools(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.SMALL)
        doings: tuple[tuple[ActionButton, Callable[[], None]], ...] = (
            (self.more, self._show_all),
            (self.bundle, self._gather),
            (self.folder, self._open_folder),
            (self.aside, self._ask_aside),
        )
        for button, do in doings:
            button.setAutoDefault(False)
            button.clicked.connect(do)
            line.addWidget(button)
        line.addStretch(1)
        return row

    def _chip(self, finding: Finding) -> Chip:
        tone = Tone.ACCENT if finding.subject == WAY else TONES[finding.grade]
        return Chip(
            self.look, ChipText(subject_name(self.look, finding), tone, marked=tone is not Tone.ACCENT)
        )

    def _line(self, finding: Finding, chip: Chip, width: int) -> QWidget:
        """Return a finding: its chip in a place of this width, its words, a repair that needs no desk."""
        is_chinese = str(self.look.language.code).startswith("zh")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM)
        place = QWidget()
        place.setFixedWidth(width)
        beside = QHBoxLayout(place)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        kind = "second" if finding.grade is Grade.GOOD else ""
        row.addWidget(label(finding.zh if is_chinese else finding.en, kind, wrap=True), 1)
        helps = REPAIRS.get(finding.repair)
        if helps is not None and helps.name in MENDS and finding.grade is not Grade.GOOD:
            button = ActionButton(self.look, helps.title(str(self.look.language.code)))
            button.setAutoDefault(False)
            button.setEnabled(not self._busy)
            button.clicked.connect(partial(self.ask_for, helps.name))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    # -- what is done ----------------------------------------------------------------------------

    def ask_for(self, name: str) -> None:
        """Ask what has to be agreed to, and mend."""
        wanted = REPAIRS[name]
        code = str(self.look.language.code)
        if wanted.asks:
            self._ask(wanted.title(code), wanted.question(code), partial(self._mend, wanted))
        else:
            self._mend(wanted)

    def _ask(self, title: str, note: str, do: Callable[[], None]) -> None:
        def agreed() -> dict[str, str]:
            do()
            return {}

        form = FormDialog(self.look, self, title, agreed, note=note, save=title, careful=True)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()

    def _ask_aside(self) -> None:
        text = self.look.text
        self._ask(text("trouble.aside"), text("trouble.aside_note"), partial(self._leave, Wish.ASIDE))

    def _leave(self, wish: Wish) -> None:
        self.wish = wish
        super().accept()

    def _mend(self, wanted: Repair) -> None:
        patient = Patient(self._closed.folder)
        self._begin(lambda: mend(wanted, patient, NoSteps()), self._mended)

    def _show_all(self) -> None:
        self._shows_all = True
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.write()

    def _mended(self, done: Mended) -> None:
        # The button of what is mended goes, and would give its focus to whatever stands first.
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._said = done.zh if str(self.look.language.code).startswith("zh") else done.en
        self.examine()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._closed.folder)))

    def _gather(self) -> None:
        folder, found, fonts = self._closed.folder, list(self.found), chinese_fonts()
        self._begin(lambda: gather(folder, None, found, fonts), self._show_bundle)

    def _show_bundle(self, bundle: Bundle) -> None:
        self._end()

        def save(path: Path) -> None:
            self._begin(lambda: bundle.save(path), self._saved)

        BundleSheet(self.look, self, bundle, save).open()

    def _saved(self, size: int) -> None:
        self._said = self.look.text("bundle.saved", n=max(1, size // 1024))
        self._end()

    def _take(self, found: list[Finding]) -> None:
        port = self._local.decisions.value(SERIAL["port"])
        self.found = [*found, *surroundings(port), scanner_trial(self._local)]
        self._end()

    def _begin(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        self._busy, self._tried = True, None
        self._runner.run(work, done, failed=self._fail, owner=self)

    def _fail(self, error: Exception) -> None:
        self._tried = error
        self._end()

    def _end(self) -> None:
        self._busy = False
        self.write()
