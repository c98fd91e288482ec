"""Operations of a job that no body could hold are cut: by their encoded size, whatever they carry.

Chunks of a file are cut by rows and by about how much text those have. What becomes of a row can take more,
as a correction carries what stands beside what the file says: how large it is, only its bytes tell.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from merchant_desk.sync.codec import body_bytes
from merchant_desk.sync.protocol import MAX_BODY_BYTES


def fitting(body: Any) -> Iterator[Any]:
    """Yield an operation, or several that carry the same in the same order, each small enough to be sent.

    `rows` of the file that it counts are shared out, so that their sum stays. An operation with one part
    alone is left as it is: it is refused by name (`too_large`) where it is carried out.
    """
    lists = [one.name for one in fields(body) if isinstance(getattr(body, one.name), tuple)]
    parts = [(name, part) for name in lists for part in getattr(body, name)]
    if len(parts) < 2 or body_bytes(body) <= MAX_BODY_BYTES:
        yield body
        return
    middle = len(parts) // 2
    rows = getattr(body, "rows", 0)
    first = min(rows, middle)
    for some, counted in ((parts[:middle], first), (parts[middle:], rows - first)):
        carried: dict[str, Any] = {name: tuple(part for of, part in some if of == name) for name in lists}
        if rows:
            carried["rows"] = counted
        yield from fitting(replace(body, **carried))
