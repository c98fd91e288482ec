"""Visits: how many people looked, whether they bought or not."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal


@dataclass(frozen=True)
class ChannelVisits:
    """Visitors of one channel."""

    channel: str
    visitors: int


@operation("record_visits", nature=Nature.FACT, right="order")
@dataclass(frozen=True)
class RecordVisits:
    """Fact: so many visitors came to an outlet on a business day (yyyymmdd), beyond those recorded before."""

    outlet_id: UUID
    day: int
    channels: tuple[ChannelVisits, ...]


def check_visits(channels: tuple[ChannelVisits, ...]) -> None:
    """Refuse a channel without a name (`channel_missing`) or fewer than no visitors (`visitors_negative`)."""
    for one in channels:
        if not one.channel.strip():
            raise Refusal("channel_missing")
        if one.visitors < 0:
            raise Refusal("visitors_negative", channel=one.channel, visitors=one.visitors)
