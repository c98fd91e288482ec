"""Every synced and derived table, by subject."""

from sqlalchemy import MetaData

from merchant_desk.models.columns import Side, TableSpec
from merchant_desk.models.tables import (
    archives,
    counting,
    jobs,
    opening,
    orders,
    organisation,
    products,
    purchasing,
    records,
    settings,
    stock,
    tasks,
)

SUBJECTS = (
    organisation,
    products,
    records,
    stock,
    purchasing,
    orders,
    counting,
    tasks,
    jobs,
    opening,
    settings,
    archives,
)

SPECS: dict[str, TableSpec] = {spec.name: spec for subject in SUBJECTS for spec in subject.TABLES}
"""Every table that handlers write, by name."""


def metadata_for(side: Side) -> MetaData:
    """Return the SQLAlchemy tables of one side, the trade's tables only."""
    metadata = MetaData()
    for spec in SPECS.values():
        spec.build(metadata, side)
    return metadata
