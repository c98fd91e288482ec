"""`merchant-desk shop`: outlets, warehouses, suppliers, carriers, taxes and the currency of the books."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

from merchant_desk.cli.desk_options import acts_of, opened_desk, sign_in
from merchant_desk.cli.people import Told, ask_for
from merchant_desk.cli.warehouses import WAREHOUSE_ACTS, add_warehouse_arguments
from merchant_desk.desk import Desk
from merchant_desk.domain.carriers import AddCarrier, ArchiveCarrier, ChangeCarrier, RestoreCarrier
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.currencies import ChangeCurrency
from merchant_desk.domain.operations import kind_of
from merchant_desk.domain.organisation import AddOutlet, RenameOutlet
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import DAY_START, USUAL_CARRIER, USUAL_TAX, ZONE
from merchant_desk.domain.suppliers import AddSupplier, ArchiveSupplier, RenameSupplier, RestoreSupplier
from merchant_desk.domain.taxes import (
    MOST_PRODUCTS,
    AddTax,
    ArchiveTax,
    Rate,
    RenameTax,
    RestoreTax,
    SetProductTax,
    SetTaxRate,
    check_rate_free,
    typed_day,
    typed_rate,
)
from merchant_desk.models.queries.lists import Listing
from merchant_desk.models.queries.lookup import currency_of
from merchant_desk.models.queries.product_forms import products_named
from merchant_desk.models.queries.records import CARRIERS, OUTLETS, SUPPLIERS, TAXES, records
from merchant_desk.models.queries.taxes import products_in, rates_of


@dataclass(frozen=True)
class Kind:
    """A kind of record: its list, and what renames, archives and restores one (None: not here)."""

    listing: Listing[Any]
    rename: Callable[[Any, str], object]
    archive: Callable[[UUID], object] | None = None
    restore: Callable[[UUID], object] | None = None


KINDS = {
    "outlets": Kind(OUTLETS, lambda row, name: RenameOutlet(row.id, name, row.warehouse)),
    "suppliers": Kind(
        SUPPLIERS, lambda row, name: RenameSupplier(row.id, name), ArchiveSupplier, RestoreSupplier
    ),
    "carriers": Kind(
        CARRIERS,
        lambda row, name: ChangeCarrier(row.id, name, row.tracking_url),
        ArchiveCarrier,
        RestoreCarrier,
    ),
    "taxes": Kind(TAXES, lambda row, name: RenameTax(row.id, name), ArchiveTax, RestoreTax),
}
ENDING = tuple(name for name, kind in KINDS.items() if kind.archive is not None)


Word = tuple[str, str]
"""A positional argument: its name, and what it means."""


class Act(Protocol):
    """Declares one act with its positional arguments."""

    def __call__(self, name: str, text: str, *words: Word) -> argparse.ArgumentParser:
        """Return the act's parser."""
        ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare = acts_of(parser)

    def act(name: str, text: str, *words: Word) -> argparse.ArgumentParser:
        made = declare(name, text)
        for word, meaning in words:
            made.add_argument(word, metavar=word.upper(), help=meaning)
        return made

    code, name = ("code", "its code; it stays / 编号，以后不变"), ("name", "as people call it / 名称")
    rate = ("rate", "per cent, such as 13 or 6.5 / 税率，百分之几")
    listing = act("list", "all of a kind, archived ones too / 列出，含已停用")
    listing.add_argument("kind", choices=tuple(KINDS), help="which / 哪一类")
    outlet = act("add-outlet", "an outlet with its warehouse / 新增门店，连同仓库", code, name)
    outlet.add_argument("--zone", help="IANA time zone (default: this outlet's) / 时区，默认与本店相同")
    outlet.add_argument("--day-start", metavar="HH:MM", help="when its business day begins / 营业日开始")
    act("add-supplier", "somebody we buy from / 新增供应商", code, name)
    carrier = act("add-carrier", "somebody who takes parcels / 新增承运商", code, name)
    carrier.add_argument("--tracking-url", default="", metavar="URL", help="with {tracking} in it / 查件网址")
    tax = act("add-tax", "a tax with its first rate / 新增税种与首个税率", code, name, rate)
    _add_from(tax)
    another = act("tax-rate", "another rate from a day / 从某天起的新税率", code, rate)
    _add_from(another)
    another.add_argument(
        "--correct", action="store_true", help="in place of that day's rate / 更正当天已有的税率"
    )
    act("tracking-url", "where a carrier's parcels are followed / 承运商的查件网址", code, ("url", "URL"))
    act("usual-tax", "of products without one of their own / 常用税种", code)
    act("usual-carrier", "of this outlet's parcels / 本店常用承运商", code)
    _add_others(act, code, name)
    add_warehouse_arguments(declare)


def _add_others(act: Act, code: Word, name: Word) -> None:
    """Declare what is about products, about any kind of record, and about the books."""
    assign = act(
        "assign-tax", "give a tax to products / 给商品设税种", ("code", "tax, or - for the usual one / 税种")
    )
    assign.add_argument("skus", nargs="*", metavar="SKU", help="these products / 这些商品")
    assign.add_argument("--category", help="all products of a category / 整类商品")
    rename = act("rename", "call one something else / 改名")
    rename.add_argument("kind", choices=tuple(KINDS), help="which / 哪一类")
    for word, meaning in (code, name):
        rename.add_argument(word, metavar=word.upper(), help=meaning)
    for verb, text in (("archive", "use one no more / 停用"), ("restore", "use one again / 恢复使用")):
        ending = act(verb, text)
        ending.add_argument("kind", choices=ENDING, help="which / 哪一类")
        ending.add_argument("code", metavar="CODE", help="its code / 编号")
    currency = act(
        "currency", "that the books are kept in; changes only while they are empty of money / 本位币"
    )
    currency.add_argument("currency", nargs="?", metavar="CODE", help="another one (ISO 4217) / 改为")


def _add_from(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="day", metavar="DAY", help="2026-11-22 (default: today) / 从哪天起")


def run(options: argparse.Namespace) -> int:
    """Do one of them; a refusal is told and ends with 1."""
    with opened_desk(options) as desk:
        sign_in(desk, options)
        told, said = ACTS[options.act](desk, options)
    print(json.dumps(told, ensure_ascii=False) if options.json else said)
    return 0


def _do(desk: Desk, *bodies: object) -> Told:
    """Do them, and send them now if the server can be reached; what it refuses is raised."""
    told, said = ask_for(desk, *bodies)
    if told["status"] == "requested" and not any(kind_of(body).is_request for body in bodies):
        return {**told, "status": "saved"}, "已保存，联网后发送。 / Saved; sent when the server answers."
    return told, said


def _list(desk: Desk, options: argparse.Namespace) -> Told:
    rows = [
        {key: str(value) if isinstance(value, UUID) else value for key, value in asdict(row).items()}
        for row in desk.ask(lambda connection: records(connection, KINDS[options.kind].listing))
    ]
    lines = [
        "  ".join(
            "—" if value is None else str(value)
            for key, value in row.items()
            if key not in {"id", "code_key", "warehouse_id", "archived"}
        )
        + ("  已停用 / archived" if row["archived"] else "")
        for row in rows
    ]
    return {options.kind: rows}, "\n".join(lines) or "没有。 / None."


def _found(desk: Desk, kind: str, code: str) -> Any:
    """Return the record of a kind with this code. Raises Refusal (`no_such_record`)."""
    for row in desk.ask(lambda connection: records(connection, KINDS[kind].listing)):
        if row.code_key == sku_key(code):
            return row
    raise Refusal("no_such_record", code=code)


def _add_outlet(desk: Desk, options: argparse.Namespace) -> Told:
    zone = ZONE.kind.read(options.zone or desk.settings.value(ZONE))
    start = desk.settings.value(DAY_START)
    if options.day_start:
        start = DAY_START.kind.read(options.day_start)
    new_id = desk.runtime.new_id
    return _do(desk, AddOutlet(new_id(), options.code, options.name, zone, start, new_id()))


def _add_supplier(desk: Desk, options: argparse.Namespace) -> Told:
    return _do(desk, AddSupplier(desk.runtime.new_id(), options.code, options.name))


def _add_carrier(desk: Desk, options: argparse.Namespace) -> Told:
    return _do(desk, AddCarrier(desk.runtime.new_id(), options.code, options.name, options.tracking_url))


def _add_tax(desk: Desk, options: argparse.Namespace) -> Told:
    rate, day = typed_rate(options.rate), _day(desk, options)
    return _do(desk, AddTax(desk.runtime.new_id(), options.code, options.name, rate, day))


def _tax_rate(desk: Desk, options: argparse.Namespace) -> Told:
    tax = _found(desk, "taxes", options.code)
    rate, day = typed_rate(options.rate), _day(desk, options)
    rates = desk.ask(lambda connection: rates_of(connection, tax.id))
    check_rate_free(tax.code, rates, Rate(day, rate), corrects=options.correct)
    return _do(desk, SetTaxRate(tax.id, rate, day))


def _day(desk: Desk, options: argparse.Namespace) -> int:
    return typed_day(options.day) if options.day else desk.calendar()


def _tracking_url(desk: Desk, options: argparse.Namespace) -> Told:
    carrier = _found(desk, "carriers", options.code)
    return _do(desk, ChangeCarrier(carrier.id, carrier.name, options.url))


def _usual_tax(desk: Desk, options: argparse.Namespace) -> Told:
    tax = _found(desk, "taxes", options.code)
    return _do(desk, SetSetting(USUAL_TAX.key, Level.MERCHANT, None, USUAL_TAX.kind.stored(tax.code)))


def _usual_carrier(desk: Desk, options: argparse.Namespace) -> Told:
    stored = USUAL_CARRIER.kind.stored(_found(desk, "carriers", options.code).code)
    return _do(desk, SetSetting(USUAL_CARRIER.key, Level.OUTLET, desk.identity.outlet_id, stored))


def _assign_tax(desk: Desk, options: argparse.Namespace) -> Told:
    tax_id = None if options.code == "-" else _found(desk, "taxes", options.code).id
    ids = [_sku(desk, typed) for typed in options.skus]
    if options.category is not None:
        ids += desk.ask(lambda connection: products_in(connection, options.category))
    parts = range(0, len(ids), MOST_PRODUCTS) or range(1)
    told, said = _do(
        desk, *(SetProductTax(tuple(ids[start : start + MOST_PRODUCTS]), tax_id) for start in parts)
    )
    return {**told, "products": len(ids)}, f"{len(ids)} 个商品 / products: {said}"


def _sku(desk: Desk, typed: str) -> UUID:
    """Return the product with this SKU or barcode. Raises Refusal (`no_such_record`)."""
    found = desk.ask(lambda connection: products_named(connection, typed))
    if len(found) != 1:
        raise Refusal("no_such_record", code=typed)
    return found[0].sku_id


def _rename(desk: Desk, options: argparse.Namespace) -> Told:
    row = _found(desk, options.kind, options.code)
    return _do(desk, KINDS[options.kind].rename(row, options.name))


def _end(desk: Desk, options: argparse.Namespace) -> Told:
    kind = KINDS[options.kind]
    ending = kind.archive if options.act == "archive" else kind.restore
    assert ending is not None  # noqa: S101 - the arguments offer no other kinds
    return _do(desk, ending(_found(desk, options.kind, options.code).id))


def _currency(desk: Desk, options: argparse.Namespace) -> Told:
    if options.currency:
        return _do(desk, ChangeCurrency(options.currency.upper()))
    currency = desk.ask(currency_of)
    return {"currency": currency}, currency


ACTS: dict[str, Callable[[Desk, argparse.Namespace], Told]] = {
    "list": _list,
    "add-outlet": _add_outlet,
    "add-supplier": _add_supplier,
    "add-carrier": _add_carrier,
    "add-tax": _add_tax,
    "tax-rate": _tax_rate,
    "tracking-url": _tracking_url,
    "usual-tax": _usual_tax,
    "usual-carrier": _usual_carrier,
    "assign-tax": _assign_tax,
    "rename": _rename,
    "archive": _end,
    "restore": _end,
    "currency": _currency,
    **WAREHOUSE_ACTS,
}
