"""Lists of records: products, stock, orders, purchase orders, receipts, shipments, counts."""
