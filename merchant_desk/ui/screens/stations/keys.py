"""The actions of a station as data: keys, titles, when they are possible."""

from collections.abc import Callable
from dataclasses import dataclass

from merchant_desk.ui.actions import Action

GROUP_SCAN = "actions.station"
GROUP_DOCUMENT = "actions.document"


@dataclass(frozen=True, slots=True)
class Doings:
    """What the keys of a station do."""

    ok: Callable[[], None]
    undo: Callable[[], None]
    minus: Callable[[], None]
    quantity: Callable[[], None]
    lot: Callable[[], None]
    next_line: Callable[[], object]
    tray: Callable[[], None]
    print_label: Callable[[], None]
    differences: Callable[[], None]
    finish: Callable[[], None]
    leave: Callable[[], None]
    begin: Callable[[], None]
    cards: Callable[[], None]


@dataclass(frozen=True, slots=True)
class When:
    """When they are possible: at a document, before one, with nothing open over the tables."""

    at_sheet: Callable[[], bool]
    at_start: Callable[[], bool]
    free: Callable[[], bool]


def station_actions(station: str, do: Doings, when: When, *, begins_alone: bool) -> list[Action]:
    """Return the actions of one station; ids begin with the station's."""

    def action(
        name: str,
        run: Callable[[], object],
        key: str,
        icon: str,
        enabled: Callable[[], bool],
        group: str = GROUP_SCAN,
        title: str = "",
    ) -> Action:
        return Action(
            f"{station}.{name}",
            title or f"station.{name}",
            lambda: _do(run),
            key,
            icon,
            group,
            station,
            enabled,
        )

    made = [
        action("ok", do.ok, "F2", "check", when.free),
        action("undo", do.undo, "Ctrl+Z", "undo-2", when.at_sheet),
        action("minus", do.minus, "F9", "minus", when.at_sheet),
        action("quantity", do.quantity, "F4", "pencil", when.at_sheet),
        action("lot", do.lot, "F3", "tags", when.at_sheet),
        action("next_line", do.next_line, "Ctrl+Down", "chevron-down", when.at_sheet),
        action("tray", do.tray, "F6", "inbox", when.free, GROUP_DOCUMENT),
        action("print_label", do.print_label, "F7", "printer", when.at_sheet, GROUP_DOCUMENT),
        action("differences", do.differences, "F8", "split", when.at_sheet, GROUP_DOCUMENT),
        action("leave", do.leave, "F10", "list", when.at_sheet, GROUP_DOCUMENT),
        action(
            "finish", do.finish, "F12", "check", when.at_sheet, GROUP_DOCUMENT, f"station.finish.{station}"
        ),
        action("cards", do.cards, "", "barcode", when.free),
    ]
    if begins_alone:
        title = "station.blind_receipt"
        made.append(action("begin", do.begin, "Ctrl+N", "package-plus", when.at_start, GROUP_DOCUMENT, title))
    return made


def _do(run: Callable[[], object]) -> None:
    run()
