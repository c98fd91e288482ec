"""Visits: facts that add up."""

from pathlib import Path

import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.visits import ChannelVisits, RecordVisits, check_visits
from tests.handlers.rows import rows_of
from tests.helpers.world import World


def test_visits_of_a_day_add_up_over_several_records(tmp_path: Path) -> None:
    world = World(tmp_path)
    for shop, mall in ((40, 7), (2, 0)):
        channels = (ChannelVisits("门店", shop), ChannelVisits("微信商城", mall))
        world.server.house.do(world.merchant_id, RecordVisits(world.outlet, 20261121, channels))
    rows = rows_of(world, "visits")
    assert {row["day"] for row in rows} == {20261121}
    assert {row["outlet_id"] for row in rows} == {world.outlet}
    assert sum(row["visitors"] for row in rows if row["channel"] == "门店") == 42
    assert sum(row["visitors"] for row in rows if row["channel"] == "微信商城") == 7
    world.server.engine.dispose()


def test_a_desks_bad_record_is_kept_as_an_exception(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.server.house.do(
        world.merchant_id, RecordVisits(world.outlet, 20261121, (ChannelVisits("门店", -1),))
    )
    assert rows_of(world, "visits") == []
    (task,) = rows_of(world, "tasks")
    assert (task["code"], task["kind"]) == ("visitors_negative", "exception")
    world.server.engine.dispose()


@pytest.mark.parametrize(
    ("one", "refused"),
    [(ChannelVisits(" ", 1), "channel_missing"), (ChannelVisits("门店", -1), "visitors_negative")],
)
def test_what_cannot_be_is_refused_by_name(one: ChannelVisits, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        check_visits((one,))
    check_visits((ChannelVisits("门店", 0),))
