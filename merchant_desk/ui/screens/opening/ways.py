"""Where each line of the checklist is put in order."""

from types import MappingProxyType
from typing import Final

WAYS: Final = MappingProxyType(
    {
        "locations": "locations",
        "products": "imports",
        "stock": "imports",
        "imports": "imports",
        "counts": "counts",
        "drafts": "products",
        "prices": "products",
        "barcodes": "products",
        "costs": "imports",
        "tasks": "tasks",
        "sent": "sync",
    }
)
"""Screens by line; a line without one is put in order where it stands."""
