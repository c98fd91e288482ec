"""The printers of a desk: where each is, what is in it, and what is printed on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from merchant_desk.domain.refusals import Refusal

RAW_PORT = 9100
"""Where label printers listen for raw data (registered by IANA as pdl-datastream)."""
SHORTEST_MM, LONGEST_MM = 10, 500
SHEET_MM = 148
"""What is at least so wide and high (A5) is a sheet: several labels stand on one."""
RESOLUTIONS = (203, 300, 600)
"""Dots an inch as makers call them."""
MOST_NAME = 40
_ESCAPED = frozenset(" %&?#/=+@:[]\"'\\")


class Reach(StrEnum):
    """How a printer is reached."""

    QUEUE = "queue"
    """A queue of this computer's system, which knows how to print a page."""
    ZPL = "zpl"
    """A label printer at a socket, which takes ZPL II."""


class Purpose(StrEnum):
    """What a printer is for."""

    DOCUMENTS = "documents"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a printer prints on, millimetres."""

    width: int
    height: int

    @property
    def is_sheet(self) -> bool:
        """Whether it is a page, not one label."""
        return min(self.width, self.height) >= SHEET_MM

    @property
    def name(self) -> str:
        """The name of a standard size, or width and height."""
        return next((name for name, paper in PAPERS.items() if paper == self), f"{self.width}x{self.height}")


PAPERS = {"A4": Paper(210, 297), "A5": Paper(148, 210), "Letter": Paper(216, 279)}
A4, LABEL = PAPERS["A4"], Paper(60, 40)


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer that a desk named.

    Args:
        name: what people call it; the desk has no other of this name.
        reach: how it is reached.
        where: the system's name of the queue (empty: its default one), or host:port.
        paper: what is in it.
        dpi: resolution of a label printer; a queue knows its own.
        purposes: what is printed on it.
    """

    name: str
    reach: Reach
    where: str
    paper: Paper
    dpi: int = 203
    purposes: tuple[Purpose, ...] = (Purpose.LABELS,)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of a label printer."""
        found = urlsplit(f"//{self.where}")
        return found.hostname or "", RAW_PORT if found.port is None else found.port

    @property
    def written(self) -> str:
        """The printer as one text without spaces; `read_printer` reads it."""
        told = {"name": self.name, "paper": self.paper.name}
        if self.reach is Reach.ZPL:
            told["dpi"] = str(self.dpi)
        told["for"] = ",".join(self.purposes)
        facts = "&".join(f"{key}={_escaped(value)}" for key, value in told.items())
        place = f"//{self.where}" if self.reach is Reach.ZPL else _escaped(self.where)
        return f"{self.reach}:{place}?{facts}"


SYSTEM_DEFAULT = {
    Purpose.DOCUMENTS: Printer("", Reach.QUEUE, "", A4, 600, (Purpose.DOCUMENTS,)),
    Purpose.LABELS: Printer("", Reach.QUEUE, "", LABEL, 600, (Purpose.LABELS,)),
}
"""What is printed on while the desk names no printer for it: the default queue of its system."""


def read_printer(written: str) -> Printer:
    """Return the printer that a text stands for, judged by `check_printer`.

    Raises:
        Refusal: `printer_unreadable`, and as `check_printer`.
    """
    scheme, _, rest = written.partition(":")
    place, _, facts = rest.partition("?")
    told = dict(parse_qsl(facts, keep_blank_values=True))
    try:
        reach = Reach(scheme)
        where = place.removeprefix("//") if reach is Reach.ZPL else unquote(place)
        purposes = tuple(Purpose(one) for one in told.get("for", "").split(",") if one)
        dpi = int(told.get("dpi", "203"))
        printer = Printer(told.get("name", ""), reach, where, read_paper(told["paper"]), dpi, purposes)
    except (ValueError, KeyError):
        raise Refusal("printer_unreadable", value=written) from None
    check_printer(printer)
    return printer


def read_paper(typed: str) -> Paper:
    """Return a paper that was typed as A4, or as width x height in millimetres.

    Raises:
        Refusal: `paper_unreadable`.
    """
    plain = typed.strip().casefold().replace("×", "x").replace(" ", "")
    for name, paper in PAPERS.items():
        if plain == name.casefold():
            return paper
    width, _, height = plain.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise Refusal("paper_unreadable", value=typed)
    paper = Paper(int(width), int(height))
    if not all(SHORTEST_MM <= side <= LONGEST_MM for side in (paper.width, paper.height)):
        raise Refusal("paper_out_of_range", value=typed, least=SHORTEST_MM, most=LONGEST_MM)
    return paper


def check_printer(printer: Printer) -> None:
    """Refuse what no printer can be.

    Raises:
        Refusal: `printer_nameless`, `printer_nowhere`, `printer_place_unreadable`, `printer_for_nothing`,
            `printer_resolution`, `printer_prints_labels_only`, `paper_out_of_range`.
    """
    if not printer.name.strip() or len(printer.name) > MOST_NAME:
        raise Refusal("printer_nameless", most=MOST_NAME)
    if not printer.where.strip():
        raise Refusal("printer_nowhere")
    if not printer.purposes:
        raise Refusal("printer_for_nothing")
    read_paper(f"{printer.paper.width}x{printer.paper.height}")
    if printer.reach is not Reach.ZPL:
        return
    try:
        host, port = printer.address
    except ValueError:  # no such port
        host, port = "", 0
    if not host or not port or any(mark in printer.where for mark in "/?#@ "):
        raise Refusal("printer_place_unreadable", value=printer.where)
    if printer.dpi not in RESOLUTIONS:
        raise Refusal("printer_resolution", options=", ".join(str(one) for one in RESOLUTIONS))
    if Purpose.DOCUMENTS in printer.purposes:
        raise Refusal("printer_prints_labels_only")


def check_named(written: Iterable[str]) -> None:
    """Refuse texts that are not printers, each of its own name.

    Raises:
        Refusal: `printer_named_twice`, and as `read_printer`.
    """
    names: set[str] = set()
    for one in written:
        name = read_printer(one).name
        if name.casefold() in names:
            raise Refusal("printer_named_twice", name=name)
        names.add(name.casefold())


def printers_for(purpose: Purpose, printers: Sequence[Printer]) -> tuple[Printer, ...]:
    """Return the printers for a purpose, in the order of their naming: the first is the usual one."""
    return tuple(one for one in printers if purpose in one.purposes)


def usual_printer(purpose: Purpose, printers: Sequence[Printer]) -> Printer:
    """Return the printer on which something is printed unless another is chosen."""
    return next(iter(printers_for(purpose, printers)), SYSTEM_DEFAULT[purpose])


def _escaped(text: str) -> str:
    return "".join(quote(one, "") if one in _ESCAPED or not one.isprintable() else one for one in text)
