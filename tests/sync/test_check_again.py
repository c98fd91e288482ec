"""A person asks for everything to be checked: what is said afterwards, and what is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.sync.exchange import Exchange
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.health import check_again
from merchant_desk.sync.transport import Unreachable
from merchant_desk.sync.troubles import NotCompared, TablesDiffer, TotalsRecounted
from tests.helpers.shop import Shop

SPOILT = "UPDATE stock_balances SET on_hand = on_hand + 1"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    for module in ("mending", "exchange"):
        monkeypatch.setattr(f"merchant_desk.sync.{module}.log.error", lambda *args, **facts: None)
    opened = Shop(tmp_path)
    opened.stock(opened.rice, 8)
    yield opened
    opened.close()


def test_wrong_totals_are_said_and_the_next_check_finds_all_well(shop: Shop) -> None:
    desk = shop.desk()
    with desk.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql(SPOILT)
    found = desk.check_again().alarm
    assert isinstance(found, TotalsRecounted)
    assert found.totals == 1
    assert "1 个合计" in found.sentence("zh_CN")
    assert desk.status.alarm is found, "it stands until somebody looks again"
    assert desk.check_again().alarm is None


def test_sums_that_still_differ_are_said_as_often_as_a_person_asks(shop: Shop) -> None:
    desk = shop.desk()
    with shop.world.server.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE scope_checks SET sum = sum + 1 WHERE table_name = 'skus'")
    for _ in range(2):
        assert isinstance(desk.check_again().alarm, TablesDiffer)


def test_what_could_not_be_compared_is_not_called_checked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shop.desk()
    asked = []

    def moving(exchange: Exchange) -> None:
        asked.append(exchange)

    monkeypatch.setattr(Exchange, "_wrong_tables", moving)
    with pytest.raises(NotCompared):
        desk.check_again()
    assert len(asked) == 3
    assert desk.status.alarm is None


def test_without_the_server_totals_are_counted_all_the_same(shop: Shop) -> None:
    desk = shop.desk()
    with desk.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql(SPOILT)
    shop.fetch.down = True
    with pytest.raises(Unreachable):
        desk.check_again()
    assert isinstance(desk.status.alarm, TotalsRecounted)


def test_the_doctor_checks_again_and_says_what_it_mended(shop: Shop) -> None:
    desk = shop.desk()
    with desk.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql(SPOILT)
    (mended,) = check_again(desk.runtime)
    assert (mended.subject, mended.grade) == ("check", Grade.NOTE)
    assert "1 total on this computer" in mended.en
    (well,) = check_again(desk.runtime)
    assert well.grade is Grade.GOOD
    shop.fetch.down = True
    (away,) = check_again(desk.runtime)
    assert (away.grade, "服务器" in away.zh) == (Grade.NOTE, True)
