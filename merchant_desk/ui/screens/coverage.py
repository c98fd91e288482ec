"""How far what a screen shows can be true: as of when, and what other desks have not told."""

from merchant_desk.sync.status import SyncStatus
from merchant_desk.ui.desk_status import sync_state
from merchant_desk.ui.texts.formats import MINUTE
from merchant_desk.ui.texts.speech import Speech

FRESH = MINUTE
"""Microseconds within which data counts as of now."""


def coverage(status: SyncStatus, language: Speech, now: int) -> str:
    """Return what every figure on this desk should say of itself; `now` in microseconds UTC."""
    state = sync_state(status)
    contact = state.last_contact_us
    if contact is None:
        parts = [language.text("coverage.never")]
    elif state.connection != "online":
        parts = [language.text("coverage.offline", at=language.moment(contact, now))]
    elif now - contact < FRESH:
        parts = [language.text("coverage.now")]
    else:
        parts = [language.text("coverage.as_of", at=language.moment(contact, now))]
    for desk, since in state.unsent_elsewhere:
        if since is None:
            parts.append(language.text("coverage.elsewhere_never", desk=desk))
        else:
            parts.append(language.text("coverage.elsewhere", desk=desk, at=language.moment(since, now)))
    return " · ".join(parts)
