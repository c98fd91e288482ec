"""Does the currency of the books wait for the desks that may have money which was not sent?"""

from pathlib import Path

from merchant_desk.domain.currencies import ChangeCurrency
from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.unsent import HEARD
from merchant_desk.sync.administration import PENDING_HEADER
from tests.server.test_parked import park, push
from tests.server.test_troubles import working_desk
from tests.server.web import WebDesk, WebWorld

REFUSED = "money_unsent {}"


def change(world: WebWorld, currency: str) -> str:
    """Ask for a currency; returns why not."""
    try:
        world.services.house.do(world.merchant.id, ChangeCurrency(currency))
    except Refusal as refusal:
        return f"{refusal.code} {refusal.facts['desks']}"
    return ""


def tell(world: WebWorld, desk: WebDesk, pending: int) -> None:
    desk.get("/feed?after=0", **{PENDING_HEADER: str(pending)})
    world.loop.run(world.app.state.upkeep.write_contacts())


def test_the_currency_waits_for_work_that_was_not_sent(world: WebWorld) -> None:
    first, second = world.desk(), world.desk()
    tell(world, first, 0)
    assert REFUSED.format("02") == change(world, "JPY"), "one that never told"
    tell(world, second, 3)
    assert REFUSED.format("02") == change(world, "JPY")
    assert change(world, "CNY") == "", "nothing changes"
    tell(world, second, 0)
    assert change(world, "JPY") == ""
    world.chance.now += HEARD + 60_000_000
    tell(world, second, 0)
    assert REFUSED.format("01") == change(world, "KRW"), "told long ago"


def test_what_could_not_be_booked_yet_is_waited_for(world: WebWorld, tmp_path: Path) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    engine.engine.do(work, world.merchant.worker)
    whole = park(desk, engine)
    tell(world, desk, 0)
    assert REFUSED.format("01") == change(world, "JPY")
    push(desk, whole)
    assert change(world, "JPY") == ""
    engine.db.dispose()
