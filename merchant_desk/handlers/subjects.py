"""Every subject's handlers, so that one import registers them all."""

from merchant_desk.handlers import (
    buyers,
    counting,
    jobs,
    orders,
    organisation,
    policies,
    product_changes,
    product_merges,
    products,
    purchasing,
    receiving,
    sales,
    shipping,
    stock,
    tasks,
    visits,
)

SUBJECTS = (
    organisation,
    policies,
    products,
    product_changes,
    product_merges,
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
