"""Every named fault of the product."""

from importlib import import_module
from pkgutil import walk_packages

import merchant_desk
from merchant_desk.models.faults import Fault


def all_faults() -> list[type[Fault]]:
    """Return every fault of the product, each module of it having been imported."""
    for module in walk_packages(merchant_desk.__path__, "merchant_desk."):
        if not module.name.startswith("merchant_desk.ui.") and not module.name.endswith("__main__"):
            import_module(module.name)
    found, todo = [], [Fault]
    while todo:
        for cls in todo.pop().__subclasses__():
            todo.append(cls)
            if cls.__module__.startswith("merchant_desk."):
                found.append(cls)
    return sorted(found, key=lambda cls: f"{cls.__module__}.{cls.__name__}")
