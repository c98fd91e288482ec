"""Chains of revisions that exist for a test only: the real first one, and made-up ones after it."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Column, MetaData, Text

from merchant_desk.models import desk_tables, server_tables
from merchant_desk.models.columns import Side
from merchant_desk.models.migrate import OURS, History

STEP = '''"""A made-up revision."""

import os
import time
from pathlib import Path

from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade():
{body}
'''

ADD_COLUMN = "    op.execute(\"ALTER TABLE skus ADD COLUMN {name} TEXT DEFAULT '' NOT NULL\")\n"

HALF = ADD_COLUMN + ('    op.execute("UPDATE skus SET name = \'half way\'")\n    op.execute("COMMIT")\n')
"""A step that leaves the transaction, as nothing that we write may: what is on the disk then is half."""


def chain(folder: Path, *bodies: str, columns: tuple[str, ...] = ()) -> History:
    """Write a chain 0001 (the real one), 0002... and return it; `columns` are what `skus` has gained then."""
    folder.mkdir(parents=True)
    shutil.copy(OURS.folder / "env.py", folder / "env.py")
    (folder / "versions").mkdir()
    (first,) = (OURS.folder / "versions").glob("0001_*.py")
    shutil.copy(first, folder / "versions" / first.name)
    for number, body in enumerate(bodies, start=2):
        text = STEP.format(revision=f"{number:04d}", before=f"{number - 1:04d}", body=body)
        (folder / "versions" / f"{number:04d}_made_up.py").write_text(text, encoding="utf-8")
    return History(folder, f"{len(bodies) + 1:04d}", grown(*columns))


def grown(*columns: str) -> Callable[[Side], MetaData]:
    """Return what declares today's tables with more columns in `skus`."""

    def declared(side: Side) -> MetaData:
        source = desk_tables.metadata if side is Side.DESK else server_tables.metadata
        copy = MetaData()
        for table in source.tables.values():
            table.to_metadata(copy)
        for name in columns:
            copy.tables["skus"].append_column(Column(name, Text, nullable=False, server_default=""))
        return copy

    return declared
