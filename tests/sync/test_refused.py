"""A refused decision: what travels with its task, who can do it again, and what may not travel."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.domain.operations import Nature
from merchant_desk.domain.products import ChangePrice, SetCost
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.subjects import KINDS
from merchant_desk.domain.tasks import TRAVELLING, SettleTask
from merchant_desk.models.queries.refused import not_applied_after, refused_body
from merchant_desk.models.queries.work import TaskView
from merchant_desk.sync.codec import decode_body
from tests.helpers.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    opened.stock(opened.rice, 8)
    yield opened
    opened.close()


def one(sql: str, connection: Connection) -> Any:
    return connection.exec_driver_sql(sql).one()


def refused(shop: Shop, desk: Desk, body: object) -> TaskView:
    """Let the server refuse what a desk did while its person's role was being taken away."""
    desk.do(body)
    with shop.world.server.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE roles SET to_version = 1 WHERE outlet_id IS NULL")
    desk.sync()
    with shop.world.server.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE roles SET to_version = NULL WHERE outlet_id IS NULL")
    (task,) = desk.tasks()
    assert (task.kind, task.code) == ("refusal", "not_allowed")
    return task


def test_a_colleague_at_another_desk_does_a_refused_decision_again(shop: Shop) -> None:
    first, second = shop.desk("manager"), shop.desk("manager")
    asked = ChangePrice(shop.rice, 70_000_000)
    task = refused(shop, first, asked)
    second.sync()
    found = second.ask(lambda connection: refused_body(connection, task.id))
    assert found is not None
    assert decode_body(task.op_kind, found.op_version, found.body) == asked
    done = second.resubmit(task.id, asked)
    second.sync()
    first.sync()
    for desk in (first, second):
        sql = "SELECT status, resolution, resubmitted_as FROM tasks"
        row = desk.ask(partial(one, sql))
        assert (row[0], row[1], bytes(row[2])) == ("settled", "resubmitted", done.op_id.bytes)
        price = "SELECT price FROM skus WHERE sku = 'RICE-10'"
        assert desk.ask(partial(one, price))[0] == 70_000_000


def test_who_comes_second_changes_nothing(shop: Shop) -> None:
    desk = shop.desk("manager")
    task = refused(shop, desk, ChangePrice(shop.rice, 70_000_000))
    desk.do(SettleTask(task.id, shop.world.outlet, "dropped", ""))
    before = desk.status.waiting
    with pytest.raises(Refusal, match="task_settled"):
        desk.resubmit(task.id, ChangePrice(shop.rice, 71_000_000))
    with pytest.raises(Refusal, match="not_here"):
        desk.resubmit(shop.rice, ChangePrice(shop.rice, 71_000_000))
    assert desk.status.waiting == before


def test_a_refusal_of_the_new_one_leaves_the_task_open(shop: Shop) -> None:
    desk = shop.desk("manager")
    task = refused(shop, desk, ChangePrice(shop.rice, 70_000_000))
    with pytest.raises(Refusal):
        desk.resubmit(task.id, ChangePrice(shop.rice, -1))
    assert [one.id for one in desk.tasks()] == [task.id]


def test_a_cost_does_not_travel_with_its_task(shop: Shop) -> None:
    first, second = shop.desk("manager"), shop.desk("manager")
    task = refused(shop, first, SetCost(shop.rice, 55_000_000))
    second.sync()
    assert second.ask(lambda connection: refused_body(connection, task.id)) is None
    with shop.world.server.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM refused_bodies").scalar() == 0


def test_what_travels_is_a_decision_without_costs_people_or_jobs() -> None:
    for name in TRAVELLING:
        kind = KINDS[name]
        assert kind.nature is Nature.DECISION
        assert kind.right not in ("cost", "personal", "people", "system", "import")


def test_what_stands_on_a_refused_operation_is_named(shop: Shop) -> None:
    desk = shop.desk("manager")
    shop.fetch.down = True
    first = desk.do(ChangePrice(shop.rice, 70_000_000)).op_id
    assert desk.ask(lambda connection: not_applied_after(connection, first)) == []
    again = desk.do(ChangePrice(shop.rice, 71_000_000)).op_id
    (found,) = desk.ask(lambda connection: not_applied_after(connection, first))
    assert (found.op_id, found.kind, found.status, found.task_id) == (again, "change_price", "pending", None)
