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
    warehouse: Callable[[], None]


@dataclass(frozen=True, slots=True)
class When:
    """When they are possible: at a document, before one, at one that there is something to compare with, and
    with nothing open over the tables.
    """

    at_sheet: Callable[[], bool]
    at_start: Callable[[], bool]
    compares: Callable[[], bool]
    free: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of every station; `title` names a text of its own, else the one of its name."""

    name: str
    run: Callable[[], object]
    key: str
    icon: str
    enabled: Callable[[], bool]
    title: str = ""

    def action(self, station: str, group: str) -> Action:
        """Return it as an action of one station."""
        title = self.title or f"station.{self.name}"
        return Action(
            f"{station}.{self.name}", title, self._do, self.key, self.icon, group, station, self.enabled
        )

    def _do(self) -> None:
        self.run()


def station_actions(station: str, do: Doings, when: When, *, begins_alone: bool) -> list[Action]:
    """Return the actions of one station; ids begin with the station's."""
    of_document = document_keys(station, do, when)
    if begins_alone:
        of_document.append(
            Key("begin", do.begin, "Ctrl+N", "package-plus", when.at_start, "station.blind_receipt")
        )
    return [
        *(key.action(station, GROUP_SCAN) for key in scan_keys(do, when)),
        *(key.action(station, GROUP_DOCUMENT) for key in of_document),
    ]


def scan_keys(do: Doings, when: When) -> list[Key]:
    """Return what is pressed between two scans."""
    return [
        Key("ok", do.ok, "F2", "check", when.free),
        Key("undo", do.undo, "Ctrl+Z", "undo-2", when.at_sheet),
        Key("minus", do.minus, "F9", "minus", when.at_sheet),
        Key("quantity", do.quantity, "F4", "pencil", when.at_sheet),
        Key("lot", do.lot, "F3", "tags", when.at_sheet),
        Key("next_line", do.next_line, "Ctrl+Down", "chevron-down", when.at_sheet),
        Key("cards", do.cards, "", "barcode", when.free),
        Key("warehouse", do.warehouse, "F11", "warehouse", when.at_start),
    ]


def document_keys(station: str, do: Doings, when: When) -> list[Key]:
    """Return what concerns the document as a whole."""
    return [
        Key("tray", do.tray, "F6", "inbox", when.free),
        Key("print_label", do.print_label, "F7", "printer", when.at_sheet),
        Key("differences", do.differences, "F8", "split", when.compares),
        Key("leave", do.leave, "F10", "list", when.at_sheet),
        Key("finish", do.finish, "F12", "check", when.at_sheet, f"station.finish.{station}"),
    ]
