"""Taxes that a file of products names: each product, new or here already, bears the one of its row."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_products import ProductOutcome
from merchant_desk.domain.products import ImportProducts
from merchant_desk.domain.taxes import GivenTax, ImportProductTaxes
from merchant_desk.jobs.plan import Step
from merchant_desk.jobs.product_steps import ProductSteps
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.setup_files import taxes_by_codes, taxes_chosen
from merchant_desk.sync.runtime import DeskRuntime


class TaxedProductSteps:
    """Products of a file with a column of tax codes; an empty cell says nothing about a product's tax.

    A row with a tax that does not stand here is left out whole, as the rest of it may be as wrong.
    """

    def __init__(self, steps: ProductSteps, standing: Standing, runtime: DeskRuntime, job_id: UUID) -> None:
        self._steps = steps
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
        return self._with_taxes(replace(step, taken=unknown), kept, known)

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
        given: list[GivenTax] = []
        changed: list[RowOutcome] = []
        for key, outcome in named.items():
            tax_id, id = known[sku_key(_tax(outcome))], here.get(key) or new.get(key)
            if id is None or chosen.get(id) == tax_id or outcome.product is None:
                continue
            given.append(GivenTax(id, outcome.product.sku, tax_id, chosen.get(id)))
            if key in here:
                changed.append(outcome.row)
        taxes = (ImportProductTaxes(self._job_id, step.number, tuple(given)),) if given else ()
        return replace(step, operations=(*step.operations, *taxes), taxed=tuple(changed))


def _tax(outcome: ProductOutcome) -> str:
    return outcome.product.care.tax if outcome.product is not None else ""
