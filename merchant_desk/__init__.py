"""Merchant Desk: receive, ship and count by scanner, offline, and agree to the last piece.

`merchant_desk.Desk` is the one documented entry for scripts; it is loaded at first use, so that
importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from merchant_desk.desk import Desk

__version__ = "0.1.0"
__all__ = ["Desk", "__version__"]


def __getattr__(name: str) -> object:
    """Load the public class on demand (PEP 562); raise AttributeError for any other name."""
    if name == "Desk":
        return import_module("merchant_desk.desk").Desk
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
