"""Jobs: work of many operations, such as an import: begun, carried out chunk by chunk, finished."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.imports_corrections import TAX_FIELD, PutBack
from merchant_desk.domain.operations import Nature, operation

JOB_STATUSES = ("started", "finished", "undone")


@operation("start_import", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class StartImport:
    """Decision: bring a file in. What the dry run found is what will be done, or it is another job.

    `source` is the file's name; the hashes are SHA-256 (hex): of the file as it lies on the disk, of the
    mapping with all that was chosen beside it, and of the dry run's rules and amounts row by row. `kind` is
    that of the file (`documents.column_names.ImportKind`), `rows` how many there are. `again`: its desk knew
    that the job had been taken back, and its person brings the file in once more all the same.
    """

    job_id: UUID
    outlet_id: UUID
    kind: str
    source: str
    file_hash: str
    plan_hash: str
    result_hash: str
    rows: int
    again: bool = False


@operation("finish_import", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class FinishImport:
    """Decision: the job is done; its rows add up to those of the file.

    `written` became something, `unchanged` stood already, `ineffective` change nothing by their rule,
    `refused` were left out with a reason.
    """

    job_id: UUID
    outlet_id: UUID
    written: int
    unchanged: int
    ineffective: int
    refused: int


@operation("undo_import", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class UndoImport:
    """Decision: take back what a job brought in and nobody has used since; the rest stays as it is.

    Orders are cancelled, purchase orders closed, SKUs archived, opening stock reversed, suppliers
    archived, buyers erased; only barcodes are deleted. What it wrote on records that stood before it
    (`corrected`: products with their taxes, suppliers) gets back what stood, field by field, where the job's
    values still stand, with the rights of the job. To erase takes what `erase_buyer` takes: the right
    `personal` at all outlets, and a sign-in that the server knows of.
    An undo names what its desk sees to go: what is in use or was changed where it arrives stays, and is
    flagged.
    Opening stock is refused once the outlet is live (`books_closed`).
    Number and code get a mark, so that a corrected file can bring the same ones in again. `last` ends the
    job. `confirmed` is how many rows of one table, barcodes that is, its author knows to go.
    """

    job_id: UUID
    outlet_id: UUID
    chunk: int
    orders: tuple[UUID, ...]
    skus: tuple[UUID, ...]
    barcodes: tuple[UUID, ...]
    last: bool
    purchases: tuple[UUID, ...] = ()
    openings: tuple[UUID, ...] = ()
    suppliers: tuple[UUID, ...] = ()
    buyers: tuple[UUID, ...] = ()
    confirmed: int = 0
    corrected: tuple[PutBack, ...] = ()


def rights_to_undo(op: UndoImport, kind: str) -> tuple[str, ...]:
    """Return the rights that an undo of a job of this kind takes for the whole merchant.

    Customers are erased by whom the merchant lets, as `erase_buyer` is; products, codes, suppliers and what
    was corrected are the whole merchant's, as their import is. Products that a file of orders brought came in
    by the right at the outlet, and go by it.
    """
    rights = ["personal"] if op.buyers else []
    if op.suppliers or op.buyers or op.barcodes or (op.skus and kind != "orders"):
        rights.append("import")
    for one in op.corrected:
        rights += _rights_of(one)
    return tuple(dict.fromkeys(rights))


def _rights_of(one: PutBack) -> tuple[str, ...]:
    """Return what it takes, for the whole merchant, to put these fields back: what correcting them took."""
    if one.about_table == "suppliers":
        return "import", "purchase"
    return ("import",) if set(one.fields) == {TAX_FIELD} else ("import", "product")
