"""Every subject of the trade, so that one import registers all operations."""

from merchant_desk.domain import (
    counting,
    orders,
    organisation,
    products,
    purchasing,
    receiving,
    shipping,
    stock,
    tasks,
)
from merchant_desk.domain.operations import KINDS

__all__ = ["KINDS", "SUBJECTS"]

SUBJECTS = (organisation, products, stock, purchasing, receiving, orders, shipping, counting, tasks)
