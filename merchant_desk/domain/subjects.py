"""Every subject of the trade, so that one import registers all operations."""

from merchant_desk.domain import (
    buyers,
    counting,
    jobs,
    orders,
    organisation,
    policies,
    products,
    purchasing,
    receiving,
    sales,
    shipping,
    settings,
    stock,
    tasks,
    visits,
)
from merchant_desk.domain.operations import KINDS

__all__ = ["KINDS", "SUBJECTS"]

SUBJECTS = (
    organisation,
    policies,
    products,
    stock,
    settings,
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
