"""From a table's cells to outlets, carriers, taxes, locations and people, and from a file to outcomes."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from merchant_desk.documents.cells import SheetNumber, TimeReader, UnreadableCell, clean_code, clean_text
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.documents.mapping import Mapping as Columns
from merchant_desk.documents.row_reading import read_rows
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.carriers import check_tracking_url
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_setup import (
    Carrier,
    OutletPlace,
    Record,
    RoleOfPerson,
    SetupOutcome,
    SetupRow,
    Shelf,
    TaxRate,
    classify_setup,
    setup_row,
)
from merchant_desk.domain.locations import check_location_code
from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.domain.organisation import check_login, check_outlet_code
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import DAY_START, check_zone
from merchant_desk.domain.taxes import WHOLE, typed_rate

Outlets = Mapping[str, UUID]
"""Outlets by the key of their code."""

Notes = tuple[str, ...]

KINDS_OF_LOCATION: Final = MappingProxyType(
    {
        **dict.fromkeys(("", "storage", "shelf", "存放位", "存放", "存储", "货位"), "storage"),
        **dict.fromkeys(("receiving", "inbound", "收货位", "收货", "收货区"), "receiving"),
        **dict.fromkeys(("staging", "outbound", "集货位", "集货", "备货", "备货区", "发货区"), "staging"),
        **dict.fromkeys(("transit", "in transit", "在途"), "transit"),
    }
)
"""What people write for the kinds of locations; nothing is for goods that are stored, as in the form."""

ROLE_WORDS: Final = MappingProxyType(
    {
        **dict.fromkeys(("manager", "店长", "主管"), "manager"),
        **dict.fromkeys(("warehouse", "仓管", "仓库"), "warehouse"),
        **dict.fromkeys(("clerk", "店员"), "clerk"),
        **dict.fromkeys(("viewer", "view", "查看"), "viewer"),
    }
)
"""What people write for the roles."""

EVERYWHERE: Final = frozenset(("*", "all", "all outlets", "全部", "全部门店", "所有门店"))
"""Said for all outlets: nothing less makes a role hold everywhere."""

ONE_PER_CENT: Final = WHOLE // 100
"""In parts per million."""

_FIELDS: Final = MappingProxyType(
    {
        "outlets": ("code", "party_name", "zone", "day_start", "warehouse_code", "warehouse_name"),
        "carriers": ("code", "party_name", "tracking_url"),
        "taxes": ("code", "party_name", "tax_rate", "from_day"),
        "locations": ("code", "location_kind"),
        "people": ("login", "person_name", "role", "outlet"),
    }
)


class _Cells:
    """Reads the cells of one kind of file.

    Args:
        mapping: of the file.
        formulas: whether the table marks formulas (workbooks).
        outlets: the merchant's, for the roles of people.
    """

    def __init__(self, mapping: Columns, outlets: Outlets, *, formulas: bool) -> None:
        self._formulas = formulas
        self._outlets = outlets
        self._zone = mapping.zone
        self._day = TimeReader("from_day", mapping.options.date_order, mapping.zone)
        readers: dict[str, Callable[[tuple[str, ...]], tuple[Record, Notes]]] = {
            "outlets": self._outlet_place,
            "carriers": self._carrier,
            "taxes": self._tax,
            "locations": self._location,
            "people": self._person,
        }
        self.read = readers[mapping.kind]

    def _outlet_place(self, cells: tuple[str, ...]) -> tuple[Record, Notes]:
        code, notes = clean_code(cells[0], "code", formulas=self._formulas)
        name, more = clean_text(cells[1], "party_name", formulas=self._formulas)
        for field, said in (("code", code), ("party_name", name)):
            if not said:
                raise UnreadableCell(FaultCode.MISSING_VALUE, field, "")
        _judge(lambda: check_outlet_code(code), FaultCode.OUTLET_CODE_NOT_READ, "code", code)
        _judge(lambda: check_name(name), FaultCode.TEXT_TOO_LONG, "party_name", name)
        zone, start = cells[2].strip(), cells[3]
        if zone:
            _judge(lambda: check_zone(zone), FaultCode.ZONE_NOT_READ, "zone", zone)
        warehouse, its_name, told = self._warehouse(cells[4], cells[5])
        if sku_key(warehouse) == sku_key(code):
            warehouse, its_name = "", ""  # the one that comes with the outlet
        place = OutletPlace(code, name, zone, _minutes(start) if start.strip() else None, warehouse, its_name)
        return place, notes + more + told

    def _warehouse(self, code_text: str, name_text: str) -> tuple[str, str, Notes]:
        """Return a warehouse's code and name; both or none."""
        code, notes = clean_code(code_text, "warehouse_code", formulas=self._formulas)
        name, more = clean_text(name_text, "warehouse_name", formulas=self._formulas)
        if name and not code:
            raise UnreadableCell(FaultCode.MISSING_VALUE, "warehouse_code", "")
        if code:
            _judge(lambda: check_outlet_code(code), FaultCode.OUTLET_CODE_NOT_READ, "warehouse_code", code)
            name = name or code
            _judge(lambda: check_name(name), FaultCode.TEXT_TOO_LONG, "warehouse_name", name)
        return code, name, notes + more

    def _carrier(self, cells: tuple[str, ...]) -> tuple[Record, Notes]:
        code, name, notes = self._named(cells[0], cells[1])
        url, more = clean_text(cells[2], "tracking_url", formulas=self._formulas, limit=2_000)
        _judge(lambda: check_tracking_url(url), FaultCode.TRACKING_URL_NOT_READ, "tracking_url", url)
        return Carrier(code, name, url), notes + more

    def _tax(self, cells: tuple[str, ...]) -> tuple[Record, Notes]:
        code, name, notes = self._named(cells[0], cells[1])
        if not cells[2].strip():
            raise UnreadableCell(FaultCode.MISSING_VALUE, "tax_rate", "")
        rate = _rate(cells[2])
        time, _ = self._day(cells[3])
        day = datetime.fromtimestamp(time // MICRO, UTC).astimezone(self._zone)
        return TaxRate(code, name, rate, day.year * 10_000 + day.month * 100 + day.day), notes

    def _location(self, cells: tuple[str, ...]) -> tuple[Record, Notes]:
        code, notes = clean_code(cells[0], "code", formulas=self._formulas)
        if not code:
            raise UnreadableCell(FaultCode.MISSING_VALUE, "code", "")
        _judge(lambda: check_location_code(code), FaultCode.LOCATION_CODE_NOT_READ, "code", code)
        kind = _word(cells[1], KINDS_OF_LOCATION, FaultCode.LOCATION_KIND_NOT_READ, "location_kind")
        return Shelf(code, kind), notes

    def _person(self, cells: tuple[str, ...]) -> tuple[Record, Notes]:
        login, notes = clean_code(cells[0], "login", formulas=self._formulas)
        name, more = clean_text(cells[1], "person_name", formulas=self._formulas)
        for field, said in (("login", login), ("person_name", name)):
            if not said:
                raise UnreadableCell(FaultCode.MISSING_VALUE, field, "")
        _judge(lambda: check_login(login), FaultCode.LOGIN_NOT_READ, "login", login)
        _judge(lambda: check_name(name), FaultCode.TEXT_TOO_LONG, "person_name", name)
        place = cells[3].strip()
        if not cells[2].strip():
            if place:
                raise UnreadableCell(FaultCode.MISSING_VALUE, "role", "")
            return RoleOfPerson(login, name, "", None), notes + more
        role = _word(cells[2], ROLE_WORDS, FaultCode.ROLE_NOT_READ, "role")
        return RoleOfPerson(login, name, role, self._outlet(place)), notes + more

    def _outlet(self, place: str) -> UUID | None:
        if not place:
            raise UnreadableCell(FaultCode.MISSING_VALUE, "outlet", "")
        if place.casefold() in EVERYWHERE:
            return None
        found = self._outlets.get(sku_key(place))
        if found is None:
            raise UnreadableCell(FaultCode.UNKNOWN_OUTLET, "outlet", place)
        return found

    def _named(self, code_text: str, name_text: str) -> tuple[str, str, Notes]:
        """Return code and name, judged by the rules of records; a row without a code is known by its name."""
        code, notes = clean_code(code_text, "code", formulas=self._formulas)
        name, more = clean_text(name_text, "party_name", formulas=self._formulas)
        if not name:
            raise UnreadableCell(FaultCode.MISSING_VALUE, "party_name", "")
        if not code:
            code, more = name, (*more, "code_from_name")
        _judge(lambda: check_code(code), FaultCode.TEXT_TOO_LONG, "code", code)
        _judge(lambda: check_name(name), FaultCode.TEXT_TOO_LONG, "party_name", name)
        return code, name, notes + more


def _rate(text: str) -> int:
    """Return a rate in parts per million.

    A workbook keeps 13 % as the number 0.13, and writes it so into other files; it could be 0.13 % as well:
    what is below one and has no sign is not guessed at.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if type(text) is SheetNumber and plain.endswith(".0"):
        plain = plain[:-2]
    try:
        rate = typed_rate(plain)
    except Refusal:
        raise UnreadableCell(FaultCode.RATE_NOT_READ, "tax_rate", text) from None
    if 0 < rate < ONE_PER_CENT and not plain.endswith("%"):
        raise UnreadableCell(FaultCode.RATE_NOT_READ, "tax_rate", text)
    return rate


def _minutes(text: str) -> int:
    """Return a time of day in minutes after midnight; a workbook keeps one as a part of the day."""
    if type(text) is SheetNumber:
        minutes = round(float(text) * 24 * 60)
        if 0 <= float(text) < 1 and minutes < 24 * 60:
            return minutes
        raise UnreadableCell(FaultCode.DAY_START_NOT_READ, "day_start", text)
    plain = text.strip()
    plain = plain.removesuffix(":00") if plain.count(":") == 2 else plain
    try:
        return DAY_START.kind.read(plain)
    except Refusal:
        raise UnreadableCell(FaultCode.DAY_START_NOT_READ, "day_start", text) from None


def _word(text: str, words: Mapping[str, str], code: FaultCode, field: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain not in words:
        raise UnreadableCell(code, field, text.strip())
    return words[plain]


def _judge(check: Callable[[], None], code: FaultCode, field: str, text: str) -> None:
    """Judge a cell by the rule of the record that it makes."""
    try:
        check()
    except Refusal:
        raise UnreadableCell(code, field, text[:40]) from None


def setup_rows(table: Table, mapping: Columns, outlets: Outlets) -> Iterator[SetupRow | UnreadRow]:
    """Yield the rows of a file of carriers, taxes, locations or people.

    Raises:
        ImportProblem: what makes the rest of the file unreadable; `too_many_rows`.
    """
    cells = _Cells(mapping, outlets, formulas=bool(table.sheet))

    def read(number: int, picked: tuple[str, ...]) -> SetupRow:
        return setup_row(number, *cells.read(picked))

    yield from read_rows(table, MappedCells(table.headers, mapping), _FIELDS[mapping.kind], read)


def setup_outcomes(table: Table, mapping: Columns, outlets: Outlets) -> Iterator[SetupOutcome]:
    """Yield what becomes of every row of a file."""
    return classify_setup(setup_rows(table, mapping, outlets))
