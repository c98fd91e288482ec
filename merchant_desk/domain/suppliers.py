"""Suppliers: whom a merchant buys from."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal


@operation("add_supplier", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class AddSupplier:
    """Decision: somebody we buy from; refused by name when the code is taken."""

    supplier_id: UUID
    code: str
    name: str


@operation("rename_supplier", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class RenameSupplier:
    """Decision: a supplier is called something else; the code stays."""

    supplier_id: UUID
    name: str


@operation("archive_supplier", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class ArchiveSupplier:
    """Decision: nothing more is ordered there. What was ordered still comes."""

    supplier_id: UUID


@operation("restore_supplier", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class RestoreSupplier:
    """Decision: we buy there again."""

    supplier_id: UUID


def check_orderable(name: str, *, archived: bool) -> None:
    """Refuse to order from a supplier who is archived (`supplier_archived`)."""
    if archived:
        raise Refusal("supplier_archived", name=name)
