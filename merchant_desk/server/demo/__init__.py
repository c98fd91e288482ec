"""The demo merchant: an invented supply co-operative with two months behind it and a first shift ahead."""
