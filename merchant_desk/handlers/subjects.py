"""Every subject's handlers, so that one import registers them all."""

from merchant_desk.handlers import (
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

SUBJECTS = (organisation, products, stock, purchasing, receiving, orders, shipping, counting, tasks)
