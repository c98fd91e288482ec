"""What tests of a desk's lists and search share: one desk with some thousands of rows."""

from collections.abc import Iterator

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.list_indexes import make_next_index
from merchant_desk.models.search import SearchIndex
from tests.helpers.large_desk import Amount, LargeDesk
from tests.helpers.shop import Shop

AMOUNT = Amount(skus=300, orders=1_500, open_orders=120, lines=2, ledger=900, purchases=60, receipts=80)


@pytest.fixture(scope="package")
def large_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk that is only read: filled, with its lists' indexes and its search index."""
    shop = Shop(tmp_path_factory.mktemp("large"))
    desk = shop.desk("manager")
    writer = desk.runtime.profile.writer
    LargeDesk(writer, shop.world, AMOUNT, desk.identity.device_id).fill()
    index = SearchIndex(writer)
    index.prepare()
    while index.step():
        pass
    with writer.begin() as connection:
        while make_next_index(connection):
            pass
    yield desk
    shop.close()
