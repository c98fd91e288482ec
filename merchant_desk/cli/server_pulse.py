"""Does a server on this computer still answer? One that hangs is alive to the system, and serves nobody."""

import http.client
import ssl
from urllib.parse import urlsplit

PULSE_SECONDS = 5.0
"""Between two questions, and how long each waits for an answer."""

MISSED = 6
"""So many in a row without an answer, half a minute to a minute, and the server hangs."""


class Pulse:
    """Counts how often in a row a server did not answer.

    It asks for what is not there: that is answered as well, and nobody logs it. Who it is does not matter
    here: certificates are not looked at, and nothing is told. A refused or broken connection is no silence:
    then the process ends, or another's answer says so.
    """

    def __init__(self) -> None:
        self._missed = 0

    @property
    def has_stopped(self) -> bool:
        """Whether the server hangs."""
        return self._missed >= MISSED

    def feel(self, url: str) -> None:
        """Ask the server with this address once, on this computer: a network that is gone is no silence."""
        self._missed = self._missed + 1 if _is_silent(url, PULSE_SECONDS) else 0


def _is_silent(url: str, seconds: float) -> bool:
    parts = urlsplit(url)
    connection = _connection(parts.scheme, "127.0.0.1", parts.port or 0, seconds)
    try:
        connection.request("GET", "/pulse", headers={"Connection": "close"})
        connection.getresponse()
    except TimeoutError:
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return False


def _connection(scheme: str, host: str, port: int, seconds: float) -> http.client.HTTPConnection:
    if scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=seconds)
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=anybody)
