"""Every subject of the trade, so that one import registers all operations."""

from merchant_desk.domain import (
    buyers,
    counting,
    jobs,
    locations,
    orders,
    organisation,
    products,
    purchasing,
    receiving,
    sales,
    settings,
    shipping,
    stock,
    tasks,
    visits,
)
from merchant_desk.domain.operations import KINDS

__all__ = ["KINDS", "SUBJECTS"]

SUBJECTS = (
    organisation,
    locations,
    settings,
    products,
    stock,
    purchasing,
    receiving,
    buyers,
    orders,
    shipping,
    sales,
    counting,
    visits,
    tasks,
    jobs,
)
