"""Is a count of more goods than one operation settles still ended by one word of the counter?"""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.handlers import counting
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE


def test_a_count_of_more_than_one_end_settles_is_ended_by_one_word(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "KEYS_AT_ONCE", 1)
    shop.stock(shop.rice, 20)
    shop.stock(shop.beer, 7)
    desk = shop.desk()
    count = desk.count("A-01")
    count.scan("MD:QTY:19")
    count.scan(RICE)
    (left,) = count.uncounted()
    count.finish(gone=(left.stock_key_id,))
    on_hand = {row.sku: row.on_hand // MICRO for row in desk.stock()}
    assert on_hand == {"RICE-10": 19, "BEER-500": 0}
    with desk.runtime.read() as connection, connection.begin():
        kinds = connection.exec_driver_sql("SELECT kind FROM outbox ORDER BY device_seq").scalars().all()
        assert kinds[-2:] == ["close_count", "close_count"]
        assert connection.exec_driver_sql("SELECT status FROM counts").scalar() == "closed"
