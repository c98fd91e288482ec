"""Lines of an order that ask for the same product: together they ask for one quantity."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID


def levelled(lines: Iterable[tuple[UUID, UUID, int]], done: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return how much of each line is done, where what is beyond one line is of the next of its product.

    A scan counts towards one line, whatever it stood for. What is beyond all lines of a product stays with
    the first of them. Sums by product stay what they are.

    Args:
        lines: id, product and quantity ordered (10^-6 base units) of each line, in the order's order.
        done: what was counted towards each line, by its id; one that is missing has nothing.
    """
    by_product: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for line_id, sku_id, ordered in lines:
        by_product[sku_id].append((line_id, ordered))
    found: dict[UUID, int] = {}
    for asked in by_product.values():
        left = sum(done.get(line_id, 0) for line_id, _ in asked)
        for line_id, ordered in asked:
            found[line_id] = max(min(ordered, left), 0)
            left -= found[line_id]
        found[asked[0][0]] += left
    return found
