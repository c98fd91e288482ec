"""What the doctor found: a card with a repair for each thing to look at, a line for what is in order."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.support.repairs import REPAIRS
from merchant_desk.sync.findings import Finding, Grade, worst_first
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel, replace_widgets
from merchant_desk.ui.widgets.task_card import CardAction, CardText, TaskCard

TONES = {Grade.BAD: Tone.REFUSED, Grade.NOTE: Tone.WARNING, Grade.GOOD: Tone.OK}
ANY_TIME = ("recount", "compare", "database", "rebuild")
"""Repairs that may be wanted without a finding, the cheapest first."""


def subject_name(look: Look, finding: Finding) -> str:
    """Return what was examined, in words."""
    key = f"doctor.subject.{finding.subject}"
    return look.text(key) if look.language.knows(key) else finding.subject


class FindingsView(QWidget):
    """Shows findings; `mend(name)` is called when somebody wants a repair."""

    def __init__(self, look: Look, mend: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._mend = look, mend
        self._found: tuple[Finding, ...] = ()
        self._examined = False
        self._busy = False
        self._cards, self._lines = QVBoxLayout(), QVBoxLayout()
        self._empty = EmptyState(look, "circle-check")
        self._to_do, self._in_order, self._any_time = (Panel(look, " ") for _ in range(3))
        self._buttons = {name: ActionButton(look) for name in ANY_TIME}
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _=False, name=name: self._mend(name))
        self._lay_out()
        look.language.follow(self, self.write)

    def cards(self) -> list[TaskCard]:
        """Return the cards, from top to bottom."""
        items = (self._cards.itemAt(i) for i in range(self._cards.count()))
        found = (item.widget() for item in items if item is not None)
        return [card for card in found if isinstance(card, TaskCard)]

    def buttons(self) -> dict[str, ActionButton]:
        """Return the buttons of repairs that may be wanted at any time, by name."""
        return dict(self._buttons)

    def show_findings(self, found: Sequence[Finding]) -> None:
        """Show what was found."""
        self._found, self._examined = tuple(worst_first(found)), True
        self.write()

    def set_busy(self, busy: bool) -> None:
        """Let nobody ask for a repair while one is under way."""
        self._busy = busy
        for button in (*self._buttons.values(), *(b for card in self.cards() for b in card.buttons())):
            button.setEnabled(not busy)

    def write(self) -> None:
        """Write everything in the language of now."""
        text, code = self._look.text, str(self._look.language.code)
        ill = [one for one in self._found if one.grade is not Grade.GOOD]
        well = [one for one in self._found if one.grade is Grade.GOOD]
        replace_widgets(self._cards, [self._card(one, code) for one in ill])
        chips = [
            Chip(self._look, ChipText(subject_name(self._look, one), Tone.OK, marked=True)) for one in well
        ]
        width = max((chip.sizeHint().width() for chip in chips), default=0)
        lines = [self._line(one, chip, width, code) for one, chip in zip(well, chips, strict=True)]
        replace_widgets(self._lines, lines)
        self._to_do.set_title(text("doctor.to_do"))
        self._to_do.set_chips([ChipText(self._look.language.number(len(ill)), Tone.WARNING)] if ill else [])
        self._in_order.set_title(text("doctor.in_order"))
        self._in_order.set_chips([ChipText(self._look.language.number(len(well)), Tone.OK)] if well else [])
        self._any_time.set_title(text("doctor.at_any_time"), text("doctor.at_any_time_note"))
        for name, button in self._buttons.items():
            button.setText(REPAIRS[name].title(code))
            button.setAccessibleDescription(REPAIRS[name].question(code))
        nothing = self._examined and not ill
        self._empty.set_texts(
            text("doctor.nothing" if nothing else "doctor.examining"),
            text("doctor.nothing_hint") if nothing else "",
            icon="circle-check" if nothing else "hourglass",
            tone=Tone.OK if nothing else Tone.NEUTRAL,
        )
        self._empty.setVisible(not ill)
        self._area.setVisible(bool(ill))
        self.set_busy(self._busy)

    def _card(self, finding: Finding, code: str) -> TaskCard:
        chip = ChipText(self._look.text(f"doctor.grade.{finding.grade}"), TONES[finding.grade], marked=True)
        said = finding.zh if code.startswith("zh") else finding.en
        helps = REPAIRS.get(finding.repair)
        actions = []
        if helps is not None:
            is_bad = finding.grade is Grade.BAD
            actions = [CardAction(helps.title(code), lambda: self._mend(helps.name), primary=is_bad)]
        return TaskCard(self._look, CardText(chip, subject_name(self._look, finding), said), actions)

    def _line(self, finding: Finding, chip: Chip, width: int, code: str) -> QWidget:
        """Return a line whose words begin below those of the others: `width` is the widest chip's."""
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, Space.HAIR, 0, Space.HAIR)
        row.setSpacing(Space.MEDIUM)
        place = QWidget()
        place.setFixedWidth(width)
        beside = QHBoxLayout(place)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        said = label(finding.zh if code.startswith("zh") else finding.en, "second", wrap=True)
        row.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(said, 1)
        return line

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, Space.SMALL, 0)
        column.setSpacing(Space.MEDIUM)
        self._cards.setSpacing(Space.MEDIUM)
        column.addLayout(self._cards)
        column.addStretch(1)
        self._area = scrolled(inside)
        self._to_do.body.addWidget(self._area, 1)
        self._to_do.body.addWidget(self._empty, 1)
        lines = QWidget()
        list_column = QVBoxLayout(lines)
        list_column.setContentsMargins(0, 0, Space.SMALL, 0)
        list_column.addLayout(self._lines)
        list_column.addStretch(1)
        self._in_order.body.addWidget(scrolled(lines), 1)
        keys = QGridLayout()
        keys.setSpacing(Space.SMALL)
        for i, button in enumerate(self._buttons.values()):
            keys.addWidget(button, i // 2, i % 2)
        keys.setColumnStretch(2, 1)
        self._any_time.body.addLayout(keys)
        right = QVBoxLayout()
        right.setSpacing(Space.MEDIUM)
        right.addWidget(self._in_order, 1)
        right.addWidget(self._any_time)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM + 2)
        row.addWidget(self._to_do, 11)
        row.addLayout(right, 9)
