"""What waits for a person: exceptions on facts, refused decisions, unknown codes."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal

WITHDRAWN = "withdrawn"
"""How a task ends that told of a state, when that is over: nobody has to settle it."""

RESOLUTIONS = ("seen", "accepted", "corrected", "written_off", "resubmitted", "dropped")


TRAVELLING = frozenset(
    {
        "accept_order",
        "add_product",
        "add_supplier",
        "cancel_order",
        "change_price",
        "close_purchase_order",
        "hold_order",
        "learn_barcode",
        "place_order",
        "refund_order",
        "send_purchase_order",
        "set_setting",
    }
)
"""Decisions whose body goes with the task when they are refused, so that a colleague can do them again.

Not those with costs or personal values, which not every desk of the outlet may hold, nor parts of a job.
"""


@operation("settle_task", nature=Nature.DECISION, right="settle")
@dataclass(frozen=True)
class SettleTask:
    """Decision: a person dealt with it, and how.

    `resubmitted_as` is the new operation that stands for the refused one (resolution `resubmitted`).
    """

    task_id: UUID
    outlet_id: UUID
    resolution: str
    note: str
    resubmitted_as: UUID | None = None


@operation("report_unknown_code", nature=Nature.FACT, right="report_code")
@dataclass(frozen=True)
class ReportUnknownCode:
    """Fact: a code was scanned that nobody knows; kept in the tray with its context.

    `quantity` is how often it counts (10^-6), where a person said so before the scan.
    """

    unknown_code_id: UUID
    outlet_id: UUID
    code: str
    document_id: UUID | None
    location_id: UUID | None
    previous_code: str
    station: str
    quantity: int | None = None


@operation("dismiss_unknown_code", nature=Nature.FACT, right="report_code")
@dataclass(frozen=True)
class DismissUnknownCode:
    """Fact: it was a mis-scan."""

    unknown_code_id: UUID
    outlet_id: UUID


def check_settlement(status: str, resolution: str) -> None:
    """Refuse an unknown resolution, and to settle what a colleague settled (`task_settled`)."""
    if resolution not in RESOLUTIONS:
        raise Refusal("unknown_resolution", resolution=resolution)
    if status != "open":
        raise Refusal("task_settled", status=status)
