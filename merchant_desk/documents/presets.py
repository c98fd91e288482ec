"""Mappings that come with the product: two public data sets whose make is known."""

from types import MappingProxyType
from typing import Final

from merchant_desk.documents.mapping import Mapping, MappingOptions
from merchant_desk.domain.imports_order_lines import Service

ONLINE_RETAIL: Final = Mapping(
    name="online-retail",
    kind="orders",
    columns={
        "order_number": "InvoiceNo",
        "stock_code": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "placed_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "customer_code": "CustomerID",
        "country": "Country",
    },
    options=MappingOptions(
        time_zone="Europe/London",
        currency="GBP",
        cancellation_prefix="C",
        adjustment_prefix="A",
        services={
            "POST": Service.FREIGHT,
            "DOT": Service.FREIGHT,
            "C2": Service.FREIGHT,
            "BANK CHARGES": Service.FEE,
            "AMAZONFEE": Service.FEE,
            "CRUK": Service.FEE,
            "D": Service.DISCOUNT,
            "M": Service.MANUAL,
            "B": Service.MANUAL,
            "S": Service.SAMPLE,
        },
        service_prefixes={"gift_0001_": Service.VOUCHER},
    ),
)
"""D. Chen, "Online Retail" (2015), doi 10.24432/C5BW33: a wholesaler's invoices."""

OPEN_FOOD_FACTS: Final = Mapping(
    name="open-food-facts",
    kind="products",
    columns={"barcode": "code", "name": "product_name"},
)
"""Codes and names of the Open Food Facts dump, as people typed them."""

PRESETS: Final = MappingProxyType({mapping.name: mapping for mapping in (ONLINE_RETAIL, OPEN_FOOD_FACTS)})
"""The presets by name."""
