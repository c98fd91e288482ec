"""Lists in windows: a walk by windows, forward or back, meets every row once, in order, whatever is asked."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.models.list_indexes import LIST_INDEXES, make_next_index
from merchant_desk.models.queries.document_lists import DOCUMENT_LISTS, document_counts, document_row
from merchant_desk.models.queries.goods_lists import (
    PRODUCTS,
    STOCK_BY_LOCATION,
    STOCK_BY_NAME,
    locations_like,
    product,
    product_counts,
)
from merchant_desk.models.queries.lists import Filter, Listing, Window, count, cursor_of, window
from merchant_desk.models.queries.operation_lists import OPERATIONS
from merchant_desk.models.queries.order_lists import (
    ORDERS,
    PURCHASES,
    all_order_counts,
    order_counts,
    order_detail,
    order_events,
    order_row,
    purchase_counts,
    sold_lines,
)
from merchant_desk.models.queries.task_lists import SETTLED_TASKS, UNKNOWN_CODES

LISTINGS: dict[str, Listing[Any]] = {
    "orders": ORDERS,
    "purchases": PURCHASES,
    "products": PRODUCTS,
    "stock": STOCK_BY_NAME,
    "places": STOCK_BY_LOCATION,
    "operations": OPERATIONS,
    "codes": UNKNOWN_CODES,
    "settled": SETTLED_TASKS,
    **DOCUMENT_LISTS,
}
SORTED = [(name, sort) for name, listing in LISTINGS.items() for sort in listing.orders]


def walk(
    connection: Connection,
    listing: Listing[Any],
    wanted: Filter,
    sort: str,
    limit: int,
    *,
    down: bool,
    back: bool,
) -> list[Any]:
    """Return all rows as windows of a size bring them, from the start or from the end."""
    met: list[Any] = []
    cursor = None
    for _ in range(10_000):
        part = Window(sort, down, cursor, limit, back)
        rows = window(connection, listing, wanted, part)
        if not rows:
            return met
        met = rows + met if back else met + rows
        cursor = cursor_of(listing, rows[0 if back else -1], sort)
    raise AssertionError("the walk does not end")


def in_order(listing: Listing[Any], rows: list[Any], sort: str) -> list[Any]:
    """Return rows in the order that a list promises."""
    return sorted(rows, key=lambda row: cursor_of(listing, row, sort))


@pytest.mark.parametrize(("name", "sort"), SORTED)
@pytest.mark.parametrize("down", [False, True])
def test_a_walk_meets_every_row_once_in_order(large_desk: Desk, name: str, sort: str, *, down: bool) -> None:
    listing = LISTINGS[name]
    with large_desk.read() as connection, connection.begin():
        everything = window(connection, listing, Filter(), Window(sort, down, None, 100_000))
        expected = in_order(listing, everything, sort)
        if down:
            expected.reverse()
        assert everything == expected
        assert count(connection, listing, Filter()) == (len(everything), True)
        for back in (False, True):
            walked = walk(connection, listing, Filter(), sort, 97, down=down, back=back)
            assert walked == everything


@settings(max_examples=40)
@given(
    typed=st.sampled_from(["", "大米", "20", "WX2511", "尾号 2", "5l", "没有这个"]),
    states=st.sampled_from([(), ("review",), ("review", "accepted", "picking"), ("completed", "shipped")]),
    sort=st.sampled_from(sorted(ORDERS.orders)),
    down=st.booleans(),
    back=st.booleans(),
    broad=st.booleans(),
    limit=st.integers(1, 400),
)
def test_whatever_is_asked_of_orders_windows_agree_with_all_rows(
    large_desk: Desk, typed: str, states: tuple[str, ...], sort: str, limit: int,
    *, down: bool, back: bool, broad: bool,
) -> None:  # fmt: skip
    wanted = Filter(typed, states, broad=broad)
    with large_desk.read() as connection, connection.begin():
        rows = window(connection, ORDERS, wanted, Window(sort, down, None, 100_000))
        assert walk(connection, ORDERS, wanted, sort, limit, down=down, back=back) == rows
        assert count(connection, ORDERS, wanted) == (len(rows), True)
        every = window(connection, ORDERS, Filter(), Window(sort, down, None, 100_000))
        fitting = [row for row in every if not states or row.status in states]
        if not typed:
            assert rows == fitting
        assert {row.id for row in rows} <= {row.id for row in fitting}


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("name", ["products", "stock", "places"])
def test_windows_agree_where_some_rows_are_called_what_was_typed(
    large_desk: Desk, name: str, *, down: bool
) -> None:
    """Those come first, whatever order the list is in; the others keep it."""
    listing = LISTINGS[name]
    sort = next(iter(listing.orders))
    with large_desk.read() as connection, connection.begin():
        everything = window(connection, STOCK_BY_NAME, Filter("大豆油"), Window("name", limit=9_999))
        for typed in dict.fromkeys(row.name for row in everything):
            wanted = Filter(typed)
            rows = window(connection, listing, wanted, Window(sort, down, None, 100_000))
            exact = [row for row in rows if row.name == typed]
            others = [row for row in rows if row.name != typed]
            assert rows == [*exact, *others]
            assert exact
            for part in (exact, others):
                expected = in_order(listing, part, sort)
                assert part == (expected[::-1] if down else expected)
            for back in (False, True):
                assert walk(connection, listing, wanted, sort, 2, down=down, back=back) == rows


def test_a_window_begins_where_a_row_stood_that_has_gone(large_desk: Desk) -> None:
    """The cursor is a value, not a row: what was sold out meanwhile still marks the place."""
    with large_desk.read() as connection, connection.begin():
        rows = window(connection, ORDERS, Filter(), Window("total", False, None, 50))
        value, id = cursor_of(ORDERS, rows[20], "total")
        gone = (value, UUID(int=id.int + 1))
        after = window(connection, ORDERS, Filter(), Window("total", False, gone, 50))
        assert [row.id for row in after[:29]] == [row.id for row in rows[21:]]


def test_conditions_narrow_a_list(large_desk: Desk) -> None:
    late = Filter(conditions=("t.due_at < ?",), values=(1_700_000_000_000_000,))
    with large_desk.read() as connection, connection.begin():
        assert window(connection, ORDERS, late, Window("placed")) == []
        assert count(connection, ORDERS, late) == (0, True)


def test_stock_is_found_by_its_products_text(large_desk: Desk) -> None:
    with large_desk.read() as connection, connection.begin():
        for listing, sort in ((STOCK_BY_NAME, "name"), (STOCK_BY_LOCATION, "location")):
            rows = window(connection, listing, Filter("大豆油"), Window(sort))
            assert rows
            assert all("大豆油" in row.name for row in rows)
        assert locations_like(connection, "a-0")
        assert not locations_like(connection, "大豆油")
        assert not locations_like(connection, " ")


def test_counts_agree_with_the_rows(large_desk: Desk) -> None:
    with large_desk.read() as connection, connection.begin():
        orders = all_order_counts(connection)
        assert sum(orders.values()) == count(connection, ORDERS, Filter())[0]
        open_ones = order_counts(connection, late_before=0)
        assert {name: open_ones[name] for name in ("review", "accepted")} == {
            name: orders[name] for name in ("review", "accepted")
        }
        assert open_ones["late"] == 0
        waiting = sum(open_ones[name] for name in ("review", "accepted", "picking"))
        assert order_counts(connection, late_before=1 << 62)["late"] == waiting
        assert sum(purchase_counts(connection).values()) == count(connection, PURCHASES, Filter())[0]
        assert product_counts(connection) == {
            "active": count(connection, PRODUCTS, Filter())[0], "draft": 0, "archived": 0,
        }  # fmt: skip
        assert document_counts(connection, "receipts") == {"closed": 80}


def test_one_row_reads_as_the_list_shows_it(large_desk: Desk) -> None:
    with large_desk.read() as connection, connection.begin():
        (order,) = window(connection, ORDERS, Filter("wx"), Window("placed", True, None, 1))
        assert order_row(connection, order.id) == order
        (item,) = window(connection, PRODUCTS, Filter(), Window("sku", True, None, 1))
        assert product(connection, item.id) == item
        (receipt,) = window(connection, DOCUMENT_LISTS["receipts"], Filter(), Window("opened", True, None, 1))
        assert document_row(connection, "receipts", receipt.id) == receipt
        assert order_row(connection, item.id) is None


def test_an_orders_panel_knows_lines_amounts_and_what_happened(large_desk: Desk) -> None:
    with large_desk.read() as connection, connection.begin():
        (order,) = window(connection, ORDERS, Filter(), Window("placed", True, None, 1))
        lines = sold_lines(connection, order.id)
        assert len(lines) == order.line_count
        assert lines[0].location
        assert lines[0].available > 0
        detail = order_detail(connection, order.id)
        assert detail is not None
        assert detail.total == order.total
        assert [event.event for event in order_events(connection, order.id)] == ["placed"]


def plan(connection: Connection, sql: str) -> str:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")
    return "; ".join(str(row[3]) for row in rows)


@pytest.mark.parametrize(
    ("listing", "sort"),
    [("orders", "placed"), ("orders", "due"), ("orders", "number"), ("orders", "total"),
     ("products", "name"), ("products", "sku"), ("receipts", "opened"), ("shipments", "opened"),
     ("operations", "time")],
)  # fmt: skip
def test_a_list_is_walked_along_an_index_and_never_sorted_whole(
    large_desk: Desk, listing: str, sort: str
) -> None:
    found = LISTINGS[listing]
    with large_desk.read() as connection, connection.begin():
        order = found.orders[sort].sql
        said = plan(connection, f"SELECT {found.id} {found.source} ORDER BY {order}, {found.id} LIMIT 200")
    assert "USING" in said or "SCAN t" in said, "along an index, or along the table's own order"
    assert "TEMP B-TREE FOR ORDER BY" not in said


def test_the_lists_indexes_are_made_once(large_desk: Desk) -> None:
    with large_desk.runtime.profile.writer.begin() as connection:
        names = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
        assert set(LIST_INDEXES) <= names
        assert not make_next_index(connection)
