"""What a refused operation asked: fields that a person can change, and a text to hand on. No widgets."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from unicodedata import normalize
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.ui.screens.stations.typed import read_quantity
from merchant_desk.ui.screens.tasks.task_reading import TaskReading
from merchant_desk.ui.screens.tasks.task_words import operation_name
from merchant_desk.ui.texts.formats import fixed
from merchant_desk.ui.texts.refusals import sentence
from merchant_desk.ui.texts.speech import Speech

_DECIMAL = re.compile(r"(\d{1,13})(?:\.(\d{1,6}))?")

Products = Callable[[UUID], str]
"""The SKU of a product by its id; empty if it is not known here."""

ProductOf = Callable[[str], UUID | None]
"""The product that a typed SKU names, or None."""


class FieldKind(Enum):
    """How a field is written and read."""

    TEXT = "text"
    AMOUNT = "amount"
    PRICE = "price"
    QUANTITY = "quantity"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field: its path in the body, the key of its name, and how it is written."""

    path: str
    name: str
    kind: FieldKind


def _field(path: str, kind: FieldKind, name: str = "") -> AskedField:
    return AskedField(path, f"asked.{name or path.rpartition('.')[2]}", kind)


_REASON = (_field("reason", FieldKind.TEXT),)
_PRODUCT = _field("sku_id", FieldKind.PRODUCT)
_RECORD = (_field("code", FieldKind.TEXT, "record_code"), _field("name", FieldKind.TEXT))
CHANGEABLE: Mapping[str, tuple[AskedField, ...]] = {
    "add_carrier": (*_RECORD, _field("tracking_url", FieldKind.TEXT)),
    "add_outlet": _RECORD,
    "add_product": (_field("item.sku", FieldKind.TEXT), _field("item.name", FieldKind.TEXT)),
    "add_supplier": (_field("code", FieldKind.TEXT, "supplier_code"), _field("name", FieldKind.TEXT)),
    "add_tax": _RECORD,
    "cancel_order": _REASON,
    "change_currency": (_field("currency", FieldKind.TEXT),),
    "change_price": (_PRODUCT, _field("price", FieldKind.PRICE)),
    "close_purchase_order": _REASON,
    "hold_order": _REASON,
    "learn_barcode": (_PRODUCT, _field("barcode.quantity", FieldKind.QUANTITY)),
    "place_order": (_field("order.number", FieldKind.TEXT),),
    "place_purchase_order": (
        _field("number", FieldKind.TEXT),
        _field("lines.*.quantity", FieldKind.QUANTITY),
    ),
    "refund_order": (_field("amount", FieldKind.AMOUNT), *_REASON),
    "set_cost": (_PRODUCT, _field("cost", FieldKind.PRICE)),
}
"""What can be asked differently, by operation; the others are done again as they were, or not."""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A field as a form shows it; `about` is the product of a line, or empty."""

    field: AskedField
    text: str
    about: str = ""


def asked_lines(kind: str, body: object, products: Products, digits: int) -> list[AskedLine]:
    """Return what can be changed of a body, with what was asked; `digits` are the books' currency's."""
    found: list[AskedLine] = []
    for field in CHANGEABLE.get(kind, ()):
        head, star, tail = field.path.partition(".*.")
        if not star:
            found.append(AskedLine(field, _written(field.kind, _value(body, field.path), products, digits)))
            continue
        for n, line in enumerate(_value(body, head)):
            one = replace(field, path=f"{head}.{n}.{tail}")
            found.append(
                AskedLine(
                    one, _written(one.kind, _value(line, tail), products, digits), products(line.sku_id)
                )
            )
    return found


def asked_anew(
    body: Any, lines: list[AskedLine], texts: list[str], product_of: ProductOf, digits: int
) -> tuple[Any, dict[str, str]]:
    """Return the body as it is asked now, and what is wrong: {path: key of a text}."""
    wrong: dict[str, str] = {}
    for line, text in zip(lines, texts, strict=True):
        value = _read(line.field.kind, text, product_of, digits)
        if value is None:
            wrong[line.field.path] = f"asked.wrong_{line.field.kind.value}"
        else:
            body = _changed(body, line.field.path.split("."), value)
    return body, wrong


def asked_text(reading: TaskReading, language: Speech) -> str:
    """Return what was asked and why not, for a program or a colleague: JSON, ids and codes as they are."""
    task = reading.task
    told = {
        "operation": task.op_kind,
        "operation_name": operation_name(task.op_kind, language),
        "operation_id": str(task.op_id),
        "asked": asdict(reading.body) if reading.body is not None else None,  # type: ignore[call-overload]
        "refused": {"code": task.code, "facts": json.loads(task.facts or "{}")},
        "sentence": sentence(task.code, reading.facts, language),
        "person": task.person,
        "desk": task.device,
        "at": datetime.fromtimestamp(task.raised_at / MICRO, UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _value(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body[int(name)] if name.isdigit() else getattr(body, name)
    return body


def _changed(body: Any, path: list[str], value: object) -> Any:
    name, *rest = path
    if name.isdigit():
        n = int(name)
        return (*body[:n], _changed(body[n], rest, value), *body[n + 1 :])
    return replace(body, **{name: _changed(getattr(body, name), rest, value) if rest else value})


def _written(kind: FieldKind, value: Any, products: Products, digits: int) -> str:
    if kind is FieldKind.PRODUCT:
        return products(value)
    if kind is FieldKind.AMOUNT:
        return fixed(value, digits)
    if kind in (FieldKind.PRICE, FieldKind.QUANTITY):
        whole, rest = divmod(value, MICRO)
        return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return str(value)


def _read(kind: FieldKind, text: str, product_of: ProductOf, digits: int) -> object | None:
    typed = normalize("NFKC", text).strip()
    if kind is FieldKind.TEXT:
        return text.strip() or None
    if kind is FieldKind.PRODUCT:
        return product_of(typed)
    if kind is FieldKind.QUANTITY:
        return read_quantity(typed)
    return _decimal(typed, digits if kind is FieldKind.AMOUNT else 6)


def _decimal(typed: str, digits: int) -> int | None:
    found = _DECIMAL.fullmatch(typed.replace(",", ""))
    if found is None or len(found[2] or "") > digits:
        return None
    scale: int = 10**digits
    return int(found[1]) * scale + int((found[2] or "").ljust(digits, "0") or "0")
