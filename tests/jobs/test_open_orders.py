"""Sales and purchase orders that are open when the books are begun, by file, judged by what is there."""

from pathlib import Path
from uuid import UUID

from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.buyers import BuyerDetails
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.orders import AcceptOrder
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import feed_rows, on_desk, on_server

HEADING = "销售订单号,客户编码,货号,条码,数量,单价,订单日期"
ROWS = (
    "SO-1,K-1,BEER-500,,3,4.50,2025-11-20",
    "SO-2,,rice-10,,2,,2025-11-21",
    "so-1,K-1,,19520000000018,1,50,2025-11-20",
)
WRONG = {
    "SO-3,K-9,RICE-10,,1,1,2025-11-20": FaultCode.UNKNOWN_CUSTOMER,
    "SO-4,,NONE,,1,1,2025-11-20": FaultCode.UNKNOWN_PRODUCT,
    "SO-5,,GIFT,,1,,2025-11-20": FaultCode.PRICE_MISSING,
    "SO-6,,RICE-10,,1,-1,2025-11-20": FaultCode.NEGATIVE_PRICE,
    "SO-7,,RICE-10,,0,1,2025-11-20": FaultCode.QUANTITY_NOT_POSITIVE,
    "SO-11,,RICE-10,,1.5,1,2025-11-20": FaultCode.QUANTITY_NOT_WHOLE,
    "SO-8,,RICE-10,,1,1,2025-11-20": FaultCode.ORDER_INCOMPLETE,
    "SO-8,,RICE-10,,1,1,soon": FaultCode.DATE_NOT_READ,
    "SO-9,,RICE-10,,1,1,2025-11-20": FaultCode.ORDER_OF_TWO_TIMES,
    "SO-9,,RICE-10,,1,1,2025-11-21": FaultCode.ORDER_OF_TWO_TIMES,
    "SO-10,,RICE-10,,1,1,2025-11-21": FaultCode.ORDER_OF_TWO_CUSTOMERS,
    "SO-10,K-1,RICE-10,,1,1,2025-11-21": FaultCode.ORDER_OF_TWO_CUSTOMERS,
}


def bring_in(desk: Desk, folder: Path, kind: ImportKind, heading: str, *rows: str) -> Account:
    path = folder / f"{kind}.csv"
    path.write_text("\n".join((heading, *rows)) + "\n", encoding="utf-8")
    mapping = suggested_mapping(kind, open_table(path).headers, "import")
    job = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, wanted=kind)
    found = job.dry_run()
    account = job.run()
    assert (account.new, account.standing, account.refusals) == (found.new, found.standing, found.refusals)
    return account


def test_open_orders_stand_for_review_and_wrong_ones_are_named(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    kate = desk.add_buyer("K-1", BuyerDetails())
    gift = NewSku(shop.world.chance.new_id(), "GIFT", "赠品", "", "", "件", 0, False, False, 0, 0, ())
    desk.do(AddProduct(gift))
    account = bring_in(desk, tmp_path, "open_orders", HEADING, *ROWS, *WRONG)
    assert {row: fault.code for row, fault in account.refusals.items()} == dict(enumerate(WRONG.values(), 5))
    assert (account.new, account.written_rows, account.rows) == (2, 3, 3 + len(WRONG))
    sql = "SELECT number, status, buyer_id, goods, total FROM orders ORDER BY number"
    assert on_desk(desk, sql) == [
        ("SO-1", "review", kate.bytes, 1350 + 5000, 6350),
        ("SO-2", "review", None, 2 * 6800, 13600),
    ]
    # A carton of twelve at 50.00: twelve bottles, and the line is 50.00 to the cent.
    lines = "SELECT quantity, unit_price, amount FROM order_lines ORDER BY quantity"
    assert on_desk(desk, lines)[2] == (12 * MICRO, 4_166_667, 5000)
    desk.sync()
    before = feed_rows(shop)
    again = bring_in(desk, tmp_path, "open_orders", HEADING, *ROWS)
    assert (again.operations, again.new, again.standing, again.refused_rows) == (0, 0, 2, 0)
    other = bring_in(desk, tmp_path, "open_orders", HEADING, ROWS[0].replace(",3,", ",4,"), ROWS[1])
    assert (other.new, other.standing) == (0, 1)
    assert {row: fault.code for row, fault in other.refusals.items()} == {2: FaultCode.NUMBER_TAKEN}
    desk.sync()
    assert (desk.refused(), feed_rows(shop)) == ([], before)
    shop.stock(shop.rice, 5)
    desk.sync()
    (id,) = on_desk(desk, "SELECT id FROM orders WHERE number = 'SO-2'")
    desk.do(AcceptOrder(UUID(bytes=bytes(id)), shop.world.outlet))
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    assert (undone.taken_back, undone.kept) == (1, 1)


def test_purchase_orders_that_were_sent_are_expected(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    heading = "采购单号,供应商,货号,数量,进价,到货日期,已发出"
    rows = (
        "PO-7,S1,RICE-10,24,60,2025-12-01,是",
        "PO-8,S1,RICE-10,5,60,2025-12-02,",
        "PO-9,S1,RICE-10,5,60,2025-12-02,是",
        "PO-9,S1,RICE-10,5,60,2025-12-02,否",
    )
    expected = f"SELECT expected FROM availability WHERE sku_id = x'{shop.rice.hex}'"
    account = bring_in(desk, tmp_path, "purchase_orders", heading, *rows)
    assert {row: fault.code for row, fault in account.refusals.items()} == {
        4: FaultCode.ORDER_HALF_SENT,
        5: FaultCode.ORDER_HALF_SENT,
    }
    sql = "SELECT number, status FROM purchase_orders ORDER BY number"
    assert on_desk(desk, sql) == [("PO-1", "sent"), ("PO-7", "sent"), ("PO-8", "draft")]
    assert on_desk(desk, expected) == [34 * MICRO]
    desk.sync()
    assert desk.refused() == []
    assert account.job_id is not None
    UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    desk.sync()
    assert (desk.refused(), on_desk(desk, expected)) == ([], [10 * MICRO])
    total = "SELECT sum(quantity) FROM expectations"
    assert on_server(shop.world.server.engine, total) == on_desk(desk, total)
