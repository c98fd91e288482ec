"""Orders from a file: history that moves no stock, its kinds and charges, and what is still to be shipped."""

from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.presets import ONLINE_RETAIL
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import Effect
from merchant_desk.domain.orders import AcceptOrder, CancelOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import State
from merchant_desk.jobs.faults import MappingForOtherKind, OtherCurrency
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices
from tests.helpers.shop import Shop
from tests.jobs.imports import (
    ORDERS,
    PRODUCTS,
    bring_in,
    feed_rows,
    job,
    line,
    on_desk,
    on_server,
    order_file,
)

LINES = (
    line("536365", "85123A", 6, "2.55"),
    line("536365", "85123a", 2, "2.55"),
    line("536365", "71053", 1, "0"),
    line("536365", "22752", -1, "7.65"),
    line("536365", "POST", 1, "18.00", description="POSTAGE"),
    line("536365", "D", -1, "3.50", description="Discount"),
    line("536366", "gift_0001_20", 1, "16.67", ""),
    line("C536379", "22752", -1, "7.65", "14527"),
    line("C536379", "M", -1, "5.00", "14527"),
    line("536414", "22139", 56, "0", "", description="found again"),
    line("536415", "22139", -3, "0", "", description="damaged"),
    line("A563185", "B", 1, "-11062.06", ""),
    line("536416", "22139", 0, "1.00"),
    line("536417", "22139", 5, "-1.00"),
    line("536417", "22139", 5, "1.00"),
)
RULES = {
    "sale_line": (2, 2040),
    "free_line": (1, 0),
    "returned_line": (1, -765),
    "service_line": (2, 1450),
    "voucher_line": (1, 1667),
    "cancelled_line": (1, -765),
    "credit_line": (1, -500),
    "stock_written_on": (1, 0),
    "stock_written_off": (1, 0),
    "bad_debt_adjustment": (1, -1_106_206),
}


def order_id(desk: Desk, number: str) -> UUID:
    return UUID(bytes=on_desk(desk, "SELECT id FROM orders WHERE number = ?", number)[0])


BY_RULE = (
    "SELECT rule, count(*), sum(amount) FROM (SELECT rule, amount FROM order_lines"
    " UNION ALL SELECT rule, amount FROM order_charges) AS lines GROUP BY rule"
)


def test_every_line_is_written_under_its_rule_or_counted(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    account = bring_in(desk, order_file(tmp_path, *LINES), ORDERS)
    found = {rule: (rows, amount) for rule, rows, amount in on_desk(desk, BY_RULE)}
    assert found == RULES
    written = {r: (t.rows, t.amount) for r, t in account.tally.by_rule.items() if r in RULES}
    assert written == RULES
    rest = {r: t.rows for r, t in account.tally.by_rule.items() if r not in RULES}
    assert rest == {"no_effect": 1, "negative_price": 1, "order_incomplete": 1}
    assert account.written_rows == sum(rows for rows, _ in RULES.values())
    assert (account.rows_of(Effect.NOTHING), account.refused_rows, account.unchanged_rows) == (1, 2, 0)
    desk.sync()
    assert {r: (n, int(a)) for r, n, a in on_server(shop.world.server.engine, BY_RULE)} == RULES


def test_history_moves_no_stock_and_waits_for_nobody(desk: Desk, tmp_path: Path) -> None:
    tables = ("ledger", "reservations", "availability", "stock_balances", "tasks")
    before = [on_desk(desk, f"SELECT * FROM {table}") for table in tables]
    bring_in(desk, order_file(tmp_path, *LINES), ORDERS)
    assert [on_desk(desk, f"SELECT * FROM {table}") for table in tables] == before
    assert set(on_desk(desk, "SELECT status FROM orders")) == {"completed"}
    assert on_desk(desk, "SELECT count(*) FROM orders WHERE ended_at <> placed_at") == [0]


def test_orders_have_kinds_and_sums(desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, order_file(tmp_path, *LINES), ORDERS)
    sql = (
        "SELECT number, kind, goods, freight, discount, charges, total, buyer, note, line_count"
        " FROM orders ORDER BY rowid"
    )
    assert on_desk(desk, sql) == [
        ("536365", "sale", 1275, 1800, 350, 0, 2725, "17850", "France", 6),
        ("536366", "sale", 0, 0, 0, 1667, 1667, "", "France", 1),
        ("C536379", "cancellation", -765, 0, 0, -500, -1265, "14527", "France", 2),
        ("536414", "stock_adjustment", 0, 0, 0, 0, 0, "", "found again", 1),
        ("536415", "stock_adjustment", 0, 0, 0, 0, 0, "", "damaged", 1),
        ("A563185", "money_adjustment", 0, 0, 0, -1_106_206, -1_106_206, "", "France", 1),
    ]
    assert on_desk(desk, "SELECT code FROM buyers ORDER BY code") == ["retail/14527", "retail/17850"]
    sql = "SELECT c.service, c.code, c.name FROM order_charges c ORDER BY c.rowid LIMIT 3"
    assert on_desk(desk, sql) == [
        ("freight", "POST", "POSTAGE"),
        ("discount", "D", "Discount"),
        ("voucher", "gift_0001_20", "THING gift_0001_20"),
    ]


def test_services_are_no_products_and_spellings_are_one(desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, order_file(tmp_path, *LINES), ORDERS)
    skus = on_desk(desk, "SELECT sku FROM skus WHERE sku NOT IN ('BEER-500', 'RICE-10') ORDER BY sku")
    assert skus == ["22139", "22752", "71053", "85123A"]
    receipt = desk.receive()
    assert receipt.scan("POST").code == "unknown_code"


def test_a_second_import_changes_nothing(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    path = order_file(tmp_path, *LINES)
    bring_in(desk, path, ORDERS)
    desk.sync()
    before = feed_rows(shop)
    again = bring_in(desk, path, ORDERS)
    desk.sync()
    assert (again.operations, again.new, again.standing) == (0, 0, 6)
    assert feed_rows(shop) == before


def test_orders_name_products_that_stand_already(desk: Desk, tmp_path: Path) -> None:
    lines = (line("1", "beer-500", 2, "5.00"), line("2", "RICE-10", 1, "68.00"))
    bring_in(desk, order_file(tmp_path, *lines), ORDERS)
    assert on_desk(desk, "SELECT count(*) FROM skus") == [2]
    sql = "SELECT s.sku FROM order_lines l JOIN skus s ON s.id = l.sku_id ORDER BY l.rowid"
    assert on_desk(desk, sql) == ["BEER-500", "RICE-10"]


def test_a_number_of_another_channel_is_left_out_and_told(desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, order_file(tmp_path, *LINES[:6]), ORDERS, Choices("till"))
    account = bring_in(desk, order_file(tmp_path, *LINES[:8]), ORDERS, Choices("retail"))
    assert account.taken == [2, 3, 4, 5, 6, 7]
    assert (account.new, account.standing, account.written_rows, account.refused_rows) == (2, 0, 2, 6)
    assert on_desk(desk, "SELECT channel FROM orders WHERE number = '536365'") == ["till"]


def test_another_currency_is_refused_before_anything_is_read(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(OtherCurrency) as caught:
        job(desk, order_file(tmp_path, *LINES), ONLINE_RETAIL)
    assert caught.value.facts == {"found": "GBP", "ours": "CNY"}


def test_a_mapping_of_the_other_kind_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = order_file(tmp_path, *LINES)
    with pytest.raises(MappingForOtherKind):
        ImportJob(desk.runtime, lambda: desk.person.id, path, PRODUCTS, wanted="orders")


def test_an_amount_beyond_any_column_refuses_its_order_alone(desk: Desk, tmp_path: Path) -> None:
    lines = (line("1", "85123A", 10_000_000, "900000000"), line("2", "85123A", 1, "2.55"))
    account = bring_in(desk, order_file(tmp_path, *lines), ORDERS)
    assert account.refusals[2].code == "number_too_large"
    assert on_desk(desk, "SELECT number FROM orders") == ["2"]
    assert (account.state, account.refused_rows, account.written_rows) == (State.FINISHED, 1, 1)


def test_an_order_with_long_charges_never_outgrows_an_operation(desk: Desk, tmp_path: Path) -> None:
    name = "x" * 490
    big = [line("1", "POST", 1, "1.00", description=f"{name}{n}") for n in range(450)]
    more = [line(str(n), "POST", 1, "1.00", description=name) for n in range(2, 300)]
    account = bring_in(desk, order_file(tmp_path, *big, *more), ORDERS)
    assert {fault.code for fault in account.refusals.values()} == {"order_too_long"}
    assert account.refused_rows == 450
    assert on_desk(desk, "SELECT count(*) FROM order_charges") == [298]
    assert max(on_desk(desk, "SELECT length(body) FROM outbox")) <= 262_144


def test_what_is_still_open_comes_in_for_review_and_is_shipped(
    desk: Desk, shop: Shop, tmp_path: Path
) -> None:
    lines = (
        line("1", "BEER-500", 2, "5.00", at="2011-12-08 10:00:00"),
        line("2", "RICE-10", 2, "68.00", at="2011-12-09 10:00:00"),
        line("2", "RICE-10", -1, "68.00", at="2011-12-09 10:00:00"),
        line("2", "POST", 1, "18.00", at="2011-12-09 10:00:00"),
        line("3", "RICE-10", -1, "68.00", at="2011-12-09 10:00:00"),
        line("C4", "RICE-10", -1, "68.00", at="2011-12-09 10:00:00"),
    )
    since = Choices("retail", open_from=1_323_388_800_000_000)  # 9 December 2011, midnight in London
    bring_in(desk, order_file(tmp_path, *lines), ORDERS, since)
    statuses = dict(on_desk(desk, "SELECT number, status FROM orders"))
    assert statuses == {"1": "completed", "2": "review", "3": "completed", "C4": "completed"}
    shop.stock(shop.rice, 5)
    desk.sync()
    assert on_desk(desk, "SELECT total, goods, charges FROM orders WHERE number = '2'") == [
        (8600, 13600, -6800)
    ]
    desk.do(AcceptOrder(order_id(desk, "2"), shop.world.outlet))
    assert on_desk(desk, "SELECT reserved FROM availability WHERE reserved <> 0") == [2 * MICRO]
    shipment = desk.ship("2")
    shipment.scan("9520000000028")
    shipment.scan("9520000000028")
    shipment.finish()
    desk.sync()
    assert on_desk(desk, "SELECT status FROM orders WHERE number = '2'") == ["shipped"]
    assert on_desk(desk, "SELECT sum(on_hand) FROM availability") == [3 * MICRO]
    assert desk.refused() == []


def test_history_cannot_be_worked_on(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    bring_in(desk, order_file(tmp_path, *LINES), ORDERS)
    with pytest.raises(Refusal, match="order_ended"):
        desk.do(CancelOrder(order_id(desk, "536365"), shop.world.outlet, "too late"))


def test_the_exact_sum_is_that_of_the_file(desk: Desk, tmp_path: Path) -> None:
    lines = [line(str(n), "85123A", 3, f"0.00{n}") for n in range(1, 10)]
    account = bring_in(desk, order_file(tmp_path, *lines), ORDERS)
    exact = sum(Decimal(3) * Decimal(f"0.00{n}") for n in range(1, 10))
    assert Decimal(account.tally.amount_pico).scaleb(-12) == exact
    stored = on_desk(desk, "SELECT quantity, unit_price FROM order_lines")
    assert Decimal(sum(quantity * price for quantity, price in stored)).scaleb(-12) == exact


def test_a_file_that_is_no_such_one_is_not_judged_by_its_currency(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("code,product_name\n1,Rice\n", encoding="utf-8")
    with pytest.raises(ImportProblem) as caught:
        job(desk, path, ONLINE_RETAIL)
    assert caught.value.code == "missing_column"
