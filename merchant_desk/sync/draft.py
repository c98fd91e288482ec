"""A draft: a database beside a desk's own that is to take its place, and what it was begun with."""

from pathlib import Path
from uuid import UUID

import msgspec

from merchant_desk.sync.profile import OpenProfile

DRAFT_SUFFIX = ".rebuild"
DRAFT = "draft"
"""The name of a `Draft` in a draft's `desk_state`; it is gone once the draft has taken over own tables."""
DELIVERED = "delivered"
"""The name of own operations there that the feed has brought, without the server's head telling of them."""


class Draft(msgspec.Struct, frozen=True):
    """What a draft was begun with: another desk, program or start of the feed makes it worthless."""

    device_id: UUID
    head: str
    floor: int


def draft_path(profile: OpenProfile) -> Path:
    """Return where a profile's draft lies."""
    return profile.path.with_name(profile.path.name + DRAFT_SUFFIX)
