"""Whether a desk's scanner passed its trial, and was not set anew since."""

from collections.abc import Iterable

from merchant_desk.domain.settings import Decided
from merchant_desk.domain.settings_known import SCANNER, SCANNER_READY, SERIAL

_HABITS = frozenset(setting.key for setting in (*SCANNER.values(), *SERIAL.values()))


def ready_day(standing: Iterable[Decided]) -> int:
    """Return the day, yyyymmdd, on which a desk's scanner passed its trial; 0 if it must pass one (again).

    Args:
        standing: the desk's own decisions.
    """
    decided = {one.key: one for one in standing}
    ready = decided.get(SCANNER_READY.key)
    if ready is None or not ready.value:
        return 0
    if any(one.set_at > ready.set_at for key, one in decided.items() if key in _HABITS):
        return 0
    return SCANNER_READY.kind.restored(ready.value)
