"""The sheet of command cards: bar codes that do at a station what keys do."""

from collections.abc import Sequence
from dataclasses import dataclass

from merchant_desk.documents.symbols import Symbol, code128
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import Command, CommandKind, command_code

ORDER = (
    CommandKind.OK,
    CommandKind.UNDO,
    CommandKind.NEXT,
    CommandKind.FINISH,
    CommandKind.MINUS,
    CommandKind.PRINT,
    CommandKind.QUANTITY,
)
"""The cards of a sheet, the answers first."""

NAMES = {
    CommandKind.OK: "cards.ok",
    CommandKind.UNDO: "cards.undo",
    CommandKind.MINUS: "cards.minus",
    CommandKind.QUANTITY: "cards.quantity",
    CommandKind.NEXT: "cards.next",
    CommandKind.FINISH: "cards.finish",
    CommandKind.PRINT: "cards.print_label",
}
"""Keys of the texts that stand on the cards."""

QUANTITIES = (6, 12, 24)
"""Whole units for which there are cards beside the one that asks."""


@dataclass(frozen=True, slots=True)
class CommandCard:
    """One card: its command, its symbol, the key of its name; `quantity` (10^-6) on quantity cards alone."""

    command: Command
    symbol: Symbol
    name: str

    @property
    def quantity(self) -> int | None:
        """The quantity that the card sets, 10^-6 units."""
        return self.command.quantity


def command_cards(quantities: Sequence[int] = QUANTITIES) -> tuple[CommandCard, ...]:
    """Return the cards of a sheet: every command once, then a card for each quantity (whole units).

    Raises:
        ValueError: a quantity that no card can carry.
    """
    commands = [Command(kind) for kind in ORDER]
    commands += [Command(CommandKind.QUANTITY, count * MICRO) for count in quantities]
    return tuple(_card(command) for command in commands)


def _card(command: Command) -> CommandCard:
    name = NAMES[command.kind] if command.quantity is None else "cards.quantity_of"
    return CommandCard(command, code128(command_code(command)), name)
