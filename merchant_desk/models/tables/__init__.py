"""Every synced and derived table, by subject."""

from sqlalchemy import MetaData

from merchant_desk.models.columns import Side, TableSpec
from merchant_desk.models.tables import (
    counting,
    jobs,
    orders,
    organisation,
    products,
    purchasing,
    settings,
    stock,
    tasks,
)

SPECS: dict[str, TableSpec] = {
    spec.name: spec
    for subject in (organisation, products, stock, purchasing, orders, counting, tasks, jobs, settings)
    for spec in subject.TABLES
}
"""Every table that handlers write, by name."""


def metadata_for(side: Side) -> MetaData:
    """Return the SQLAlchemy tables of one side, the trade's tables only."""
    metadata = MetaData()
    for spec in SPECS.values():
        spec.build(metadata, side)
    return metadata
