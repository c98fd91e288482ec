"""Template workbooks: the headings of one kind of file, to be filled in, and what each column is for."""

from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import Final

from merchant_desk.documents.column_names import FIELDS, REQUIRED, ImportKind
from merchant_desk.documents.exports import Cell, CellKind, Column, Style, Workbook
from merchant_desk.documents.problem_texts import Language, field_name
from merchant_desk.models.whole_files import drafted

NAMES: Final = MappingProxyType[ImportKind, tuple[str, str]](
    {
        "products": ("商品", "Products"),
        "orders": ("历史订单", "Order history"),
        "purchase_orders": ("采购单", "Purchase orders"),
        "opening_stock": ("期初库存", "Opening stock"),
        "suppliers": ("供应商", "Suppliers"),
        "buyers": ("客户", "Customers"),
        "open_orders": ("待发订单", "Open orders"),
        "outlets": ("门店", "Outlets"),
        "carriers": ("承运商", "Carriers"),
        "taxes": ("税率", "Tax rates"),
        "locations": ("库位", "Locations"),
        "people": ("人员", "People"),
    }
)
"""What a template's sheet is called."""

_KINDS: Final = {
    **dict.fromkeys(("quantity", "pack_quantity"), CellKind.MICRO),
    **dict.fromkeys(("price", "unit_price", "unit_cost"), CellKind.PRICE),
    **dict.fromkeys(("expiry", "due", "placed_at", "from_day"), CellKind.DAY),
    **dict.fromkeys(
        ("name", "party_name", "address", "description", "tracking_url", "person_name", "warehouse_name"),
        CellKind.TEXT,
    ),
}
"""Columns that are no codes; a code's cells are text before anything is typed, so that no zero is lost."""

_ABBREVIATED: Final = frozenset(("sku",))

_WIDE: Final = 28
_NARROW: Final = 16

_ABOUT: Final = (
    Column("列", "Column", width=22),
    Column("必需", "Needed", width=18),
    Column("也可写作", "Other headings that are found", width=90),
)


def template_name(kind: ImportKind, language: Language) -> str:
    """Return what the template's file is called."""
    return f"{NAMES[kind][language == 'en']}.xlsx"


def write_template(path: Path, kind: ImportKind, language: Language) -> None:
    """Write an empty table with the headings of a kind; a second sheet tells what is needed.

    Raises:
        FileExistsError: there is such a file: it may be filled in.
        OSError: it cannot be written.
    """
    if path.exists():
        raise FileExistsError(17, "exists", str(path))
    with drafted(path) as draft, Workbook(draft, Style(language, UTC)) as book:
        columns = [_column(kind, field) for field in FIELDS[kind]]
        book.add_sheet(NAMES[kind][language == "en"], columns, ())
        rows = (_about(kind, field, language) for field in FIELDS[kind])
        book.add_sheet("说明" if language == "zh" else "About", _ABOUT, rows)


def heading(kind: ImportKind, field: str, language: Language) -> str:
    """Return the usual heading of a field, under which it is found without a mapping."""
    names = FIELDS[kind][field]
    name = next(name for name in names if name.isascii() == (language == "en"))
    return name.upper() if name in _ABBREVIATED else name[:1].upper() + name[1:]


def _column(kind: ImportKind, field: str) -> Column:
    cells = _KINDS.get(field, CellKind.CODE)
    zh, en = heading(kind, field, "zh"), heading(kind, field, "en")
    return Column(zh, en, cells, _WIDE if cells is CellKind.TEXT else _NARROW)


def _about(kind: ImportKind, field: str, language: Language) -> list[Cell]:
    """Return a column with whether it is needed, and the other headings that are understood."""
    group = next((group for group in REQUIRED[kind] if field in group), ())
    words = [field_name(one, language) for one in group if one != field]
    need = ""
    if group:
        need = "必需" if language == "zh" else "required"
    if words:
        need = f"或 {words[0]}" if language == "zh" else f"or {words[0]}"
    own = heading(kind, field, language)
    others = [name for name in FIELDS[kind][field] if name != own.casefold()]
    return [own, need, ", ".join(others)]
