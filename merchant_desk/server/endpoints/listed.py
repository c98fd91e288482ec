"""Every endpoint of the server, in the order in which they are described."""

from merchant_desk.server.endpoint import Endpoint
from merchant_desk.server.endpoints import (
    about,
    archives,
    buyers,
    carrying,
    desks,
    metrics,
    people,
    sync,
    traces,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *sync.ENDPOINTS,
    *desks.ENDPOINTS,
    *people.ENDPOINTS,
    *buyers.ENDPOINTS,
    *archives.ENDPOINTS,
    *about.ENDPOINTS,
    *metrics.ENDPOINTS,
    *traces.ENDPOINTS,
    *carrying.ENDPOINTS,
)
