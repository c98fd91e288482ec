"""Does no line of the log quote what desks send, whatever breaks?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.domain.operations import Envelope
from merchant_desk.handlers import context
from merchant_desk.models.unit import Unit
from merchant_desk.server import batch
from tests.helpers.lone_desk import LoneDesk, adjust, enrol, log_of, order
from tests.helpers.shop import Shop

NOTE = "王小明 13800001234"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LoneDesk]:
    """A desk whose server has stock."""
    shop = Shop(tmp_path)
    shop.stock(shop.rice, 10)
    opened = enrol(shop)
    yield opened
    opened.close()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    """Operations at which the server's handler breaks, with a message that quotes a row."""
    found: set[UUID] = set()

    def carry_out(unit: Unit, envelope: Envelope, body: object) -> None:
        if envelope.op_id in found:
            int(NOTE)
        context.carry_out(unit, envelope, body)

    monkeypatch.setattr(batch, "carry_out", carry_out)
    return found


@pytest.mark.expects_log("handler_failed")
def test_a_handlers_mistake_is_logged_by_kind_and_place(
    desk: LoneDesk, broken: set[UUID], caplog: pytest.LogCaptureFixture
) -> None:
    op_id = desk.do(adjust(desk.shop))
    broken.add(op_id)
    desk.sync()
    assert log_of(desk.shop)[op_id] == "parked"
    told(caplog, op_id)


@pytest.mark.expects_log("handler_failed")
def test_so_is_that_of_an_operation_that_waited_for_another(
    desk: LoneDesk, broken: set[UUID], caplog: pytest.LogCaptureFixture
) -> None:
    placed, accepted = (desk.do(body) for body in order(desk.shop, "SO-1"))
    broken.add(placed)
    desk.sync()
    assert log_of(desk.shop)[accepted] == "held"
    broken.clear()
    broken.add(accepted)
    caplog.clear()
    desk.watch.now += 3_601
    desk.sync()
    assert (log_of(desk.shop)[placed], log_of(desk.shop)[accepted]) == ("applied", "parked")
    told(caplog, accepted)


def told(caplog: pytest.LogCaptureFixture, op_id: UUID) -> None:
    """Assert that the lines name the mistake and its place, and none what was sent."""
    lines = [one for one in caplog.messages if "handler_failed" in one]
    assert lines
    for line in lines:
        for part in (str(op_id), "ValueError", "carry_out:"):
            assert part in line
    assert NOTE.split()[1] not in caplog.text
