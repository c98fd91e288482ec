"""The columns of a product file that say what is tracked of its goods, their pack, tax and English name."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from merchant_desk.documents.cells import NumberReader, UnreadableCell, clean_code, clean_text
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import is_reserved
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.imports_products import NO_CARE, Care

MOST_DAYS: Final = 3650
"""Ten years left is more than any minimum is."""

_FLAGS: Final = ("track_lot", "track_expiry", "track_serial")
_YES: Final = frozenset(("1", "y", "yes", "true", "x", "✓", "√", "是", "有", "管", "需要", "on"))
_NO: Final = frozenset(("", "0", "n", "no", "false", "-", "否", "无", "不管", "不", "不需要", "off"))


class CareReader:
    """Reads those columns; `wanted` tells whether the file has any of them.

    Args:
        mapped: the cells of the file's rows.
        decimal_mark: of its numbers.
    """

    def __init__(self, mapped: MappedCells, decimal_mark: str) -> None:
        self._pick = mapped.picker(*Care._fields)
        self.wanted = any(field in mapped for field in Care._fields)
        self._formulas = True
        self._days = NumberReader.of_quantities("min_days_left", decimal_mark)
        self._quantity = NumberReader.of_quantities("pack_quantity", decimal_mark)

    def __call__(self, cells: Sequence[str], barcode: str) -> Care:
        """Return what a row says; `barcode` is the code of one base unit.

        Raises:
            UnreadableCell: `flag_not_read`, `days_not_read`, `pack_incomplete`, `pack_is_unit`,
                `quantity_not_positive`, `reserved_code`, and those of codes and numbers.
        """
        texts = dict(zip(Care._fields, self._pick(cells), strict=True))
        if not any(text.strip() for text in texts.values()):
            return NO_CARE
        lot, expiry, serial = (
            read_flag(field, texts[field]) if texts[field].strip() else None for field in _FLAGS
        )
        code, quantity = self._pack(texts["pack_code"], texts["pack_quantity"], barcode)
        tax, _ = clean_code(texts["tax"], "tax", formulas=self._formulas)
        english, _ = clean_text(texts["name_en"], "name_en", formulas=self._formulas)
        days = self._days_left(texts["min_days_left"])
        return Care(lot, expiry, serial, days, code, quantity, tax, english)

    def _days_left(self, text: str) -> int | None:
        if not text.strip():
            return None
        micro, _ = self._days(text)
        days, rest = divmod(micro, MICRO)
        if rest or not 0 <= days <= MOST_DAYS:
            raise UnreadableCell(FaultCode.DAYS_NOT_READ, "min_days_left", text)
        return days

    def _pack(self, code_text: str, quantity_text: str, barcode: str) -> tuple[str, int]:
        """Return a pack's code and its quantity, 10^-6 base units; "" and 0 where the row names none."""
        if not code_text.strip() and not quantity_text.strip():
            return "", 0
        code, _ = clean_code(code_text, "pack_code", formulas=self._formulas) if code_text else ("", ())
        if not code or not quantity_text.strip():
            field = "pack_quantity" if code else "pack_code"
            raise UnreadableCell(FaultCode.PACK_INCOMPLETE, field, code_text or quantity_text)
        if is_reserved(code):
            raise UnreadableCell(FaultCode.RESERVED_CODE, "pack_code", code)
        if code == barcode:
            raise UnreadableCell(FaultCode.PACK_IS_UNIT, "pack_code", code)
        quantity, _ = self._quantity(quantity_text)
        if quantity <= 0:
            raise UnreadableCell(FaultCode.QUANTITY_NOT_POSITIVE, "pack_quantity", quantity_text)
        return code, quantity


def read_flag(field: str, text: str) -> bool:
    """Return whether a cell says yes; empty is no.

    Raises:
        UnreadableCell: `flag_not_read`.
    """
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnreadableCell(FaultCode.FLAG_NOT_READ, field, text)
