"""Merchant Desk: receive, ship and count by scanner, offline, and agree to the last piece.

`merchant_desk.Desk` is the one documented entry for scripts, with what it raises: `Fault` (the machine, the
line) and `Refusal` (the trade's "no"); printed, both are sentences. They are loaded at first use, so that
importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from merchant_desk.desk import Desk
    from merchant_desk.domain.refusals import Refusal
    from merchant_desk.models.faults import Fault

__version__ = "0.1.0"
__all__ = ["Desk", "Fault", "Refusal", "__version__"]

_HOMES = {
    "Desk": "merchant_desk.desk",
    "Fault": "merchant_desk.models.faults",
    "Refusal": "merchant_desk.domain.refusals",
}


def __getattr__(name: str) -> object:
    """Load a public class on demand (PEP 562); raise AttributeError for any other name.

    A script prints what it catches: a `Refusal` is given its words here, above all layers.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    refusal = import_module(_HOMES["Refusal"]).Refusal
    refusal.words = staticmethod(import_module("merchant_desk.cli.words").sentence)
    return getattr(import_module(_HOMES[name]), name)
