"""Import jobs: a file's rows become operations, chunk by chunk, and go on where they were interrupted."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import Mapping
from merchant_desk.domain.imports import Effect
from merchant_desk.domain.imports_open_orders import OpenOrderOutcome
from merchant_desk.domain.imports_orders import OrderOutcome
from merchant_desk.domain.imports_parties import PartyOutcome
from merchant_desk.domain.imports_products import ProductOutcome
from merchant_desk.domain.imports_purchases import PurchaseOutcome
from merchant_desk.domain.imports_setup import SETUP, SetupOutcome
from merchant_desk.domain.imports_stock import StockOutcome
from merchant_desk.domain.jobs import FinishImport, StartImport
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.faults import FoundOtherwise, TakenBackMeanwhile
from merchant_desk.jobs.fitting import fitting
from merchant_desk.jobs.import_files import forget_begun, note_begun, note_file
from merchant_desk.jobs.keyed_operations import Keyed
from merchant_desk.jobs.open_order_steps import OpenOrderSteps
from merchant_desk.jobs.order_steps import OrderSteps
from merchant_desk.jobs.party_steps import BuyerSteps, SupplierSteps
from merchant_desk.jobs.passes import Cancelled, Pass, Told, never, silent
from merchant_desk.jobs.place import place_of
from merchant_desk.jobs.plan import CORRECTED, Choices, Step, make_plan
from merchant_desk.jobs.product_steps import ProductSteps
from merchant_desk.jobs.product_taxes import TaxedProductSteps
from merchant_desk.jobs.purchase_steps import PurchaseSteps
from merchant_desk.jobs.queue import Queue, Who
from merchant_desk.jobs.setup_steps import SetupSteps
from merchant_desk.jobs.standing import Standing
from merchant_desk.jobs.stock_steps import StockSteps
from merchant_desk.models.queries.imports import has_rows, job_status, rows_written
from merchant_desk.sync.runtime import DeskRuntime

AnyPass = (
    Pass[ProductOutcome]
    | Pass[OrderOutcome]
    | Pass[PurchaseOutcome]
    | Pass[StockOutcome]
    | Pass[PartyOutcome]
    | Pass[OpenOrderOutcome]
    | Pass[SetupOutcome]
)

_CHUNKS = {"open_orders": "orders"}
"""What the chunks of a job are called that brings in what another kind does too."""

_CORRECTING = ("corrections", "product_taxes")
"""What the chunks are called that correct what stands."""

_NO_JOB = UUID(int=0)
"""Stands in operations that a dry run makes and throws away."""


class ImportJob:
    """Brings a file in: products, orders, purchase orders, opening stock.

        job = ImportJob(desk.runtime, lambda: desk.person.id, Path("goods.xlsx"), mapping)
        found = job.dry_run()
        done = job.run()

    Calls take as long as they take and may come from any thread but the writer's; scans and sync go first.
    A job that was cancelled or killed goes on when it is made again from the same file, mapping and choices:
    what stands already is never sent again, so that a second import changes nothing.

    Args:
        runtime: the desk.
        who: asked for the person who imports, at each operation.
        path: CSV, CSV.gz or XLSX.
        mapping: which column is what.
        choices: channel and open orders.
        wanted: refuse a mapping of the other kind.

    Raises:
        ImportProblem, MappingForOtherKind, OtherCurrency, OSError: as `make_plan`.
        Refusal: `no_warehouse`, `warehouse_not_chosen`, as `place_of`.
    """

    def __init__(
        self,
        runtime: DeskRuntime,
        who: Who,
        path: Path,
        mapping: Mapping,
        choices: Choices | None = None,
        wanted: ImportKind | None = None,
    ) -> None:
        self._runtime = runtime
        self._who = who
        self.plan = make_plan(path, mapping, place_of(runtime, mapping.kind), choices or Choices(), wanted)
        self._found: Account | None = None

    @property
    def may_correct(self) -> bool:
        """Whether anything stands here that such a file could correct: nothing does at a first import."""
        table = CORRECTED.get(self.plan.kind)
        if table is None:
            return False
        with self._runtime.read() as connection, connection.begin():
            return has_rows(connection, table)

    def choose(self, *, correct: bool) -> None:
        """Say after a check whether what stands is to be corrected; the file is not looked through again."""
        self.plan = replace(self.plan, choices=replace(self.plan.choices, correct=correct))
        if self._found is not None:
            self._checked(self._found)

    def dry_run(self, told: Told = silent, cancelled: Cancelled = never) -> Account:
        """Read the whole file and tell what would become of every row; nothing is written.

        Raises:
            ImportProblem: what makes the rest of the file unreadable.
        """
        account = self._account()
        for _ in self._reading(_NO_JOB, account, 0).steps(told, cancelled):
            pass
        self._found = self._checked(account) if account.state is not State.CANCELLED else None
        return account

    def _checked(self, account: Account) -> Account:
        if account.state is not State.CANCELLED:
            account.job_id = self.plan.job_id(account.tally.digest)
        return account

    def run(self, told: Told = silent, cancelled: Cancelled = never) -> Account:
        """Write what is not here yet. Looks through the file first, unless `dry_run` did.

        Raises:
            ImportProblem: the file cannot be read; what was written before stays.
            FoundOtherwise: the second reading differs from the first.
            TakenBackMeanwhile: somebody has undone what this desk is at, or was before it stopped; it is said
                once, and the next time the file comes in anew.
            Refusal: a rule said no to a whole chunk, such as `not_allowed`; what was written before stays.
        """
        found = self._found or self._look_through(told, cancelled)
        job_id = found.job_id
        if job_id is None:
            return found
        account = self._account()
        account.job_id = job_id
        reading = self._reading(job_id, account, found.rows)
        with Queue(self._runtime, self._who, job_id) as queue:
            before = self._status(job_id)
            begun = before == "started"
            if before == "undone" and forget_begun(self._runtime, job_id):
                raise TakenBackMeanwhile(account.source)
            earlier = self._written(job_id) if before == "finished" else (0, 0)
            for step in reading.steps(told, cancelled):
                if step.operations and not begun:
                    self._begin(queue, job_id, found, again=before == "undone")
                    begun = True
                self._send(queue, job_id, step)
            queue.drain()
            if begun:
                self._check_stands(job_id)
            self._count_written(account, job_id, earlier)
            account.repeated = before == "finished" and queue.count == 0
            if account.state is not State.CANCELLED:
                self._end(queue, job_id, account, found)
        account.operations = queue.count
        told(reading.progress())
        return account

    def _begin(self, queue: Queue, job_id: UUID, found: Account, *, again: bool) -> None:
        note_file(self._runtime, job_id, self.plan.table.path)
        note_begun(self._runtime, job_id)
        queue.add(self._start(job_id, found, again=again))
        # From here on, "undone" is what somebody did since.
        queue.drain()

    def _send(self, queue: Queue, job_id: UUID, step: Step) -> None:
        if step.operations:
            self._check_stands(job_id)
        for body in step.operations:
            if isinstance(body, Keyed):
                queue.drain()
                self._runtime.do(body.body, self._who(), about=job_id, extra=body.keep)
                queue.count += 1
            else:
                for part in fitting(body):
                    queue.add(part)

    def _check_stands(self, job_id: UUID) -> None:
        """Look whether somebody has taken back meanwhile what this desk is at."""
        if self._status(job_id) == "undone":
            forget_begun(self._runtime, job_id)
            raise TakenBackMeanwhile(self.plan.table.path.name)

    def _look_through(self, told: Told, cancelled: Cancelled) -> Account:
        """Read the file to its end before anything is written: half of a broken file is worse than none."""
        account = self._account()
        self._reading(_NO_JOB, account, 0).look_through(told, cancelled)
        return self._checked(account)

    def _end(self, queue: Queue, job_id: UUID, account: Account, found: Account) -> None:
        if account.tally.digest != found.tally.digest:
            raise FoundOtherwise(account.source)
        account.state = State.FINISHED
        if self._status(job_id) == "started":
            queue.add(self._finish(job_id, account))
            queue.drain()
        forget_begun(self._runtime, job_id)

    def _account(self) -> Account:
        return Account(self.plan.table.path.name, self.plan.kind)

    def _reading(self, job_id: UUID, account: Account, total: int) -> AnyPass:
        standing = Standing(self._runtime)
        if self.plan.kind == "products":
            products = ProductSteps(self.plan, standing, job_id)
            if "tax" in self.plan.mapping.fields:
                taxed = TaxedProductSteps(
                    products, standing, self._runtime, job_id, correct=self.plan.choices.correct
                )
                return Pass(taxed, account, total, self.plan.reading())
            return Pass(products, account, total, self.plan.reading())
        if self.plan.kind == "purchase_orders":
            return Pass(PurchaseSteps(self.plan, standing, job_id, self._runtime), account, total)
        if self.plan.kind in SETUP:
            return Pass(SetupSteps(self.plan, job_id, self._runtime), account, total)
        if self.plan.kind == "suppliers":
            return Pass(SupplierSteps(self.plan, standing, job_id, self._runtime), account, total)
        if self.plan.kind == "buyers":
            return Pass(BuyerSteps(self.plan, job_id, self._runtime), account, total)
        if self.plan.kind == "open_orders":
            return Pass(OpenOrderSteps(self.plan, standing, job_id, self._runtime), account, total)
        if self.plan.kind == "opening_stock":
            return Pass(StockSteps(self.plan, job_id, self._runtime), account, total)
        steps = OrderSteps(self.plan, standing, job_id, self._runtime.now())
        return Pass(steps, account, total, self.plan.reading(steps.latest))

    def _status(self, job_id: UUID) -> str:
        with self._runtime.read() as connection, connection.begin():
            return job_status(connection, job_id)

    def _written(self, job_id: UUID) -> tuple[int, int]:
        """Return how many rows the job has written, and how many it has corrected."""
        with self._runtime.read() as connection, connection.begin():
            written = rows_written(connection, job_id, _CHUNKS.get(self.plan.kind, self.plan.kind))
            return written, sum(rows_written(connection, job_id, kind) for kind in _CORRECTING)

    def _count_written(self, account: Account, job_id: UUID, earlier: tuple[int, int]) -> None:
        written, corrected = self._written(job_id)
        account.written_rows = account.new if account.asked else written - earlier[0]
        account.corrected_rows = corrected - earlier[1]

    def _start(self, job_id: UUID, found: Account, *, again: bool) -> StartImport:
        plan = self.plan
        return StartImport(
            job_id,
            plan.place.outlet_id,
            plan.kind,
            found.source,
            plan.table.sha256,
            plan.hash,
            found.tally.digest,
            found.rows,
            again,
        )

    def _finish(self, job_id: UUID, account: Account) -> FinishImport:
        return FinishImport(
            job_id,
            self.plan.place.outlet_id,
            account.written_rows + account.corrected_rows,
            account.unchanged_rows,
            account.rows_of(Effect.NOTHING),
            account.refused_rows,
        )
