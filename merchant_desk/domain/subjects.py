"""Every subject of the trade, so that one import registers all operations."""

from merchant_desk.domain import (
    archives,
    buyers,
    carriers,
    counting,
    currencies,
    go_live,
    jobs,
    locations,
    opening_stock,
    orders,
    organisation,
    products,
    purchasing,
    receiving,
    sales,
    settings,
    shipping,
    stock,
    suppliers,
    tasks,
    taxes,
    visits,
)
from merchant_desk.domain.operations import KINDS

__all__ = ["KINDS", "SUBJECTS"]

SUBJECTS = (
    organisation,
    locations,
    settings,
    products,
    suppliers,
    carriers,
    taxes,
    currencies,
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
    opening_stock,
    go_live,
    archives,
)
