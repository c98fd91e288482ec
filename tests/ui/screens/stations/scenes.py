"""Every state of every station, brought about as a person would: by scans and keys."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key
LOTTED = "(01)09520000000011(17)260530(10)L2611A"
CARTON = "(01)19520000000018(17)260530(10)L2611A"


def receipt(stage: Stage, floor: Floor) -> None:
    """A delivery half taken in."""
    stage.open("inbound").scan("PO-2611-0457", "L:A-03")
    stage.scan("MD:QTY:40", floor.codes["TISSUE"], floor.cartons["NOODLE"], floor.cartons["NOODLE"])
    stage.scan(floor.cartons["NOODLE"], "mystery-4711", floor.codes["OIL-5"], floor.cartons["OIL-5"])
    stage.scan(LOTTED, CARTON, CARTON)


def inbound_start(stage: Stage, floor: Floor) -> None:
    """Where receiving begins, with a receipt left open."""
    stage.open("inbound").scan("PO-2611-0463", floor.cartons["NOODLE"]).press(Key.Key_F10)


def inbound_idle(stage: Stage, floor: Floor) -> None:
    """A delivery that was just opened."""
    stage.open("inbound").scan("PO-2611-0457")


def inbound_accepted(stage: Stage, floor: Floor) -> None:
    """A carton accepted."""
    receipt(stage, floor)


def inbound_over(stage: Stage, floor: Floor) -> None:
    """More than was ordered: accepted, and told."""
    receipt(stage, floor)
    stage.scan(floor.codes["TISSUE"])


def inbound_unknown(stage: Stage, floor: Floor) -> None:
    """A code that nobody knows: attention, the line goes on."""
    receipt(stage, floor)
    stage.scan("HX-2041-88")


def inbound_confirm(stage: Stage, floor: Floor) -> None:
    """Short-dated: a question."""
    receipt(stage, floor)
    stage.scan(f"(01)0{floor.codes['MILK-250']}(17)251201(10)M1102")


def inbound_blocked(stage: Stage, floor: Floor) -> None:
    """A code of the wrong class, with scans behind it."""
    receipt(stage, floor)
    stage.scan("PO-1", floor.codes["OIL-5"], floor.codes["OIL-5"])


def inbound_held(stage: Stage, floor: Floor) -> None:
    """The refusal was seen; what was scanned meanwhile is listed."""
    inbound_blocked(stage, floor)
    stage.press(Key.Key_Return)


def inbound_lot(stage: Stage, floor: Floor) -> None:
    """A tracked product without its lot."""
    receipt(stage, floor)
    stage.scan(floor.codes["MILK-250"])


def inbound_lot_wrong(stage: Stage, floor: Floor) -> None:
    """The lot form, half filled in."""
    inbound_lot(stage, floor)
    stage.type("M1102").press(Key.Key_Tab).type("2026-13-40").press(Key.Key_Return)


def inbound_choose(stage: Stage, floor: Floor) -> None:
    """A code of two products."""
    floor.twin()
    stage.desk.sync()
    receipt(stage, floor)
    stage.scan(floor.codes["SOY-19"])


def inbound_quantity(stage: Stage, floor: Floor) -> None:
    """The quantity of the last scan, typed."""
    receipt(stage, floor)
    stage.press(Key.Key_F4).type("36")


def inbound_minus(stage: Stage, floor: Floor) -> None:
    """Minus mode, one taken back."""
    receipt(stage, floor)
    stage.press(Key.Key_F9).scan(CARTON)


def inbound_finish(stage: Stage, floor: Floor) -> None:
    """What differs before the receipt ends."""
    inbound_over(stage, floor)
    stage.press(Key.Key_F12)


def inbound_tray(stage: Stage, floor: Floor) -> None:
    """The tray of unknown codes."""
    receipt(stage, floor)
    stage.scan("HX-2041-88", "6901234567892").press(Key.Key_F6)


def inbound_learn(stage: Stage, floor: Floor) -> None:
    """Learning a code for a product."""
    inbound_tray(stage, floor)
    stage.wait_for_search()
    stage.press(Key.Key_Return).type("sheng").press(Key.Key_Return)


def inbound_draft(stage: Stage, floor: Floor) -> None:
    """A draft product for an unknown code."""
    inbound_tray(stage, floor)
    stage.press(Key.Key_F5)


def inbound_cards(stage: Stage, floor: Floor) -> None:
    """The command cards."""
    stage.open("inbound")
    stage.window.commands.trigger("inbound.cards")
    stage.settle(50)


def inbound_document(stage: Stage, floor: Floor) -> None:
    """A closed receipt, about to be reversed by line."""
    receipt(stage, floor)
    stage.press(Key.Key_F12, Key.Key_Return)
    document = stage.screen.sheets.document
    document.ask("receipts", floor.last_document(stage.desk, "receipts"))
    stage.settle(50)
    stage.press(Key.Key_Return).type("counted twice")


def inbound_fault(stage: Stage, floor: Floor) -> None:
    """The disk is full: the scan was not saved."""
    from pathlib import Path

    from merchant_desk.models.faults import DiskFull

    receipt(stage, floor)
    stage.screen.control.failed.emit(DiskFull(Path("desk.db"), 4096))
    stage.settle(50)


def sales(stage: Stage, floor: Floor) -> None:
    """Stock on the shelves and orders to pick."""
    for shelf, sku in enumerate(("RICE-10", "NOODLE", "OIL-5", "TISSUE")):
        floor.stock(floor.skus[sku], 200, shelf)
    floor.stock(floor.skus["SOY-19"], 12, 1)
    floor.sale("WX-88213", "尾号 2041", 2, ("RICE-10", 2), ("NOODLE", 24), ("OIL-5", 1))
    floor.sale("WX-88214", "尾号 7732", 5, ("TISSUE", 3))
    floor.sale("MT-30418", "尾号 0096", 20, ("SOY-19", 2), ("RICE-10", 1))
    stage.desk.sync()


def outbound_start(stage: Stage, floor: Floor) -> None:
    """Orders to pick, the most urgent first."""
    sales(stage, floor)
    stage.open("outbound")


def outbound_picking(stage: Stage, floor: Floor) -> None:
    """An order half picked, with places to go to."""
    outbound_start(stage, floor)
    stage.scan("WX-88213", floor.codes["RICE-10"])


def outbound_complete(stage: Stage, floor: Floor) -> None:
    """The last scan completes the order."""
    outbound_picking(stage, floor)
    stage.scan(floor.codes["RICE-10"], floor.cartons["NOODLE"], floor.codes["OIL-5"])


def outbound_refused(stage: Stage, floor: Floor) -> None:
    """A product that is not on the order."""
    outbound_picking(stage, floor)
    stage.scan(floor.codes["SOY-19"])


def outbound_elsewhere(stage: Stage, floor: Floor) -> None:
    """The book has the product at another shelf."""
    outbound_picking(stage, floor)
    stage.scan("L:B-02", floor.codes["OIL-5"])


def stocktake_start(stage: Stage, floor: Floor) -> None:
    """The locations."""
    sales(stage, floor)
    stage.open("stocktake")


def stocktake_blind(stage: Stage, floor: Floor) -> None:
    """A blind count under way: what was counted, and nothing of the book."""
    stocktake_start(stage, floor)
    stage.scan("L:A-02", "MD:QTY:190", floor.codes["NOODLE"], floor.cartons["NOODLE"])


def stocktake_finish(stage: Stage, floor: Floor) -> None:
    """What the book has and nobody counted: a list to decide on."""
    stocktake_blind(stage, floor)
    stage.press(Key.Key_F12, Key.Key_Space)


def lookup_idle(stage: Stage, floor: Floor) -> None:
    """Nothing looked up yet."""
    stage.open("lookup")


def lookup_product(stage: Stage, floor: Floor) -> None:
    """A product, with all that is known."""
    outbound_complete(stage, floor)
    stage.window.go("lookup")
    stage.scan(floor.codes["RICE-10"])


def lookup_location(stage: Stage, floor: Floor) -> None:
    """A location's contents."""
    sales(stage, floor)
    stage.open("lookup").scan("L:A-02")


def lookup_unknown(stage: Stage, floor: Floor) -> None:
    """Nothing goes by this code."""
    stage.open("lookup").scan("6901234567892")


def lookup_readings(stage: Stage, floor: Floor) -> None:
    """A code of several meanings."""
    floor.twin()
    stage.desk.sync()
    stage.open("lookup").scan(floor.codes["SOY-19"])


SCENES: dict[str, Callable[[Stage, Floor], None]] = {
    scene.__name__: scene
    for scene in (
        inbound_start, inbound_idle, inbound_accepted, inbound_over, inbound_unknown, inbound_confirm,
        inbound_blocked, inbound_held, inbound_lot, inbound_lot_wrong, inbound_choose, inbound_quantity,
        inbound_minus, inbound_finish, inbound_tray, inbound_learn, inbound_draft, inbound_cards,
        inbound_document, inbound_fault, outbound_start, outbound_picking, outbound_complete,
        outbound_refused, outbound_elsewhere, stocktake_start, stocktake_blind, stocktake_finish,
        lookup_idle, lookup_product, lookup_location, lookup_unknown, lookup_readings,
    )
}  # fmt: skip
"""Scenes by name; a name begins with its station."""
