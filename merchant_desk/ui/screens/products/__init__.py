"""Products: what we trade, with barcodes and stock."""
