"""Numbers and codes that people read, and how what is gone gives its own up."""

from merchant_desk.domain.codes import sku_key
from merchant_desk.handlers.context import Context


def freed(context: Context, column: tuple[str, str], text: str) -> str:
    """Return a number or code with the first mark under which nobody has it."""
    table, name = column
    n = 1
    while context.unit.find(table, **{name: sku_key(f"{text}~{n}")}):
        n += 1
    return f"{text}~{n}"
