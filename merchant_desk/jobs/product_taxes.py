"""Taxes that a file of products names: each product bears the one of its row.

A product that stands gains a tax where none was chosen; another one takes the chosen one's place only where
the import corrects what stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.domain.imports_products import ProductOutcome
from merchant_desk.domain.products import ImportProducts
from merchant_desk.domain.taxes import GivenTax, ImportProductTaxes
from merchant_desk.jobs.plan import Step
from merchant_desk.jobs.product_steps import ProductSteps
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.setup_files import tax_codes, taxes_by_codes, taxes_chosen
from merchant_desk.sync.runtime import DeskRuntime


class TaxedProductSteps:
    """Products of a file with a column of tax codes; an empty cell says nothing about a product's tax.

    A row with a tax that does not stand here is left out whole, as the rest of it may be as wrong.
    """

    def __init__(
        self, steps: ProductSteps, standing: Standing, runtime: DeskRuntime, job_id: UUID, *, correct: bool
    ) -> None:
        self._steps = steps
        self._correct = correct
        self._job_id = job_id
        self._standing = standing
        self._runtime = runtime

    def outcomes(self) -> Iterator[ProductOutcome]:
        """Read the file: what becomes of each product."""
        return self._steps.outcomes()

    def step(self, chunk: Chunk[ProductOutcome]) -> Step:
        """Return what the products ask for, and then which taxes they are given."""
        codes = {_tax(one) for one in chunk.outcomes} - {""}
        if not codes:
            return self._steps.step(chunk)
        with self._runtime.read() as connection, connection.begin():
            known = {
                key: tax.id for key, tax in taxes_by_codes(connection, codes).items() if not tax.archived
            }
        unknown = {
            one.row.row: Fault(FaultCode.UNKNOWN_TAX, "tax", _tax(one))
            for one in chunk.outcomes
            if _tax(one) and sku_key(_tax(one)) not in known
        }
        kept = tuple(one for one in chunk.outcomes if one.row.row not in unknown)
        step = self._steps.step(replace(chunk, outcomes=kept))
        kept = tuple(one for one in kept if one.row.row not in step.taken)
        return self._with_taxes(replace(step, taken={**step.taken, **unknown}), kept, known)

    def _with_taxes(self, step: Step, kept: tuple[ProductOutcome, ...], known: dict[str, UUID]) -> Step:
        named = {one.product.key: one for one in kept if one.product is not None and _tax(one)}
        found = self._standing.products(named)
        here = {key: one.sku_id for key, one in found.items() if not one.merged}
        new = {
            sku_key(item.sku): item.sku_id
            for body in step.operations
            if isinstance(body, ImportProducts)
            for item in body.items
        }
        with self._runtime.read() as connection, connection.begin():
            chosen = taxes_chosen(connection, here.values())
        taxed = _Taxed()
        for key, outcome in named.items():
            tax_id, id = known[sku_key(_tax(outcome))], here.get(key) or new.get(key)
            former = chosen.get(id) if id is not None else None
            if id is None or former == tax_id or outcome.product is None:
                continue
            if former is not None:
                taxed.differ(outcome.row, former)
            elif key in here:
                taxed.gained.append(outcome.row)
            if former is None or self._correct:
                taxed.given.append(GivenTax(id, outcome.product.sku, tax_id, former))
        return self._told(step, taxed, kept)

    def _told(self, step: Step, taxed: "_Taxed", kept: tuple[ProductOutcome, ...]) -> Step:
        """Add taxes to what a chunk asks for: those that are given, and rows that name another one."""
        texts = {one.row.row: _tax(one) for one in kept}
        with self._runtime.read() as connection, connection.begin():
            codes = tax_codes(connection, taxed.former.values())
        changes = {
            row: (*step.changes.get(row, ()), FieldChange("tax", codes.get(id, ""), texts[row]))
            for row, id in taxed.former.items()
        }
        step = replace(step, taxed=tuple(taxed.gained), changes={**step.changes, **changes})
        standing = set(step.standing_rows)
        others = [row for row in taxed.rows if row.row in standing]
        if self._correct:
            alone = {row.row for row in others}
            step = replace(
                step,
                corrected=(*step.corrected, *others),
                standing=step.standing - len(others),
                standing_rows=tuple(row for row in step.standing_rows if row not in alone),
            )
        else:
            differing = {row.row for row in step.differing}
            more = (row for row in taxed.rows if row.row not in differing)
            step = replace(step, differing=(*step.differing, *more))
        if not taxed.given:
            return step
        rows = len(others) if self._correct else 0
        body = ImportProductTaxes(self._job_id, step.number, tuple(taxed.given), rows)
        return replace(step, operations=(*step.operations, body))


@dataclass
class _Taxed:
    """What a chunk says of taxes: those to be given, rows whose products gain one, and rows that name
    another one than the one chosen before (`former`, by row).
    """

    given: list[GivenTax] = field(default_factory=list)
    gained: list[RowOutcome] = field(default_factory=list)
    rows: list[RowOutcome] = field(default_factory=list)
    former: dict[int, UUID] = field(default_factory=dict)

    def differ(self, row: RowOutcome, former: UUID) -> None:
        """Note a row that names another tax than the chosen one."""
        self.rows.append(row)
        self.former[row.row] = former


def _tax(outcome: ProductOutcome) -> str:
    return outcome.product.care.tax if outcome.product is not None else ""
