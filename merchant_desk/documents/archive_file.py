"""Writing an archive: a zip whose files are streamed, with their sums, descriptor and README at its end."""

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

from merchant_desk.documents.archive_readme import readme
from merchant_desk.documents.archive_schema import OPERATIONS, Entity, described
from merchant_desk.models.private_files import OWNER_ONLY

DESCRIPTOR: Final = "datapackage.json"
README: Final = "README.md"
SUMS: Final = "SHA256SUMS"
_AT_ONCE: Final = 1 << 16


class Sink(Protocol):
    """Where a zip goes that is no file here."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""
        ...

    def flush(self) -> None:
        """Take what was kept back for better times."""
        ...

    def close(self) -> None:
        """Not called for a zip that is given its sink."""
        ...


class _Part:
    """One text file of the zip, written as UTF-8 some at a time; knows its size and SHA-256."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._waiting: list[str] = []
        self._signs = 0
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, text: str, /) -> None:
        """Write text, now or with what comes next."""
        self._waiting.append(text)
        self._signs += len(text)
        if self._signs >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        data = "".join(self._waiting).encode()
        self._waiting, self._signs = [], 0
        self.digest.update(data)
        self.size += len(data)
        self._target.write(data)


class ArchiveFile:
    """A new archive, which holds nothing of a table in memory. Use `with`; `finish` makes it whole.

    Args:
        target: an empty file, by name or open for writing; it need not be one that can be rewound.
        personal: whether buyers' personal values come in.
        about: what the descriptor and the README say of this archive: `merchant`, `created`...
    """

    def __init__(self, target: Path | Sink, *, personal: bool, about: dict[str, Any]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._described = {**described(personal=personal), **about}
        self._resources: dict[str, dict[str, Any]] = {
            resource["path"]: resource for resource in self._described["resources"]
        }
        made = datetime.fromisoformat(self._described["created"])
        self._made = made.timetuple()[:6]
        self._sums: dict[str, str] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def write_table(self, entity: Entity, rows: Iterable[Sequence[Any]]) -> None:
        """Write a table's rows, whose values stand in the order of `entity.columns`."""
        places = {name: place for place, name in enumerate(entity.columns)}
        cells = [(places[field.column], field.written) for field in entity.fields]
        count = 0
        with self._part(entity.path) as text:
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow([field.name for field in entity.fields])
            for row in rows:
                writer.writerow(["" if row[at] is None else written(row[at]) for at, written in cells])
                count += 1
        self._note(entity.path, count)

    def write_operations(self, lines: Iterable[dict[str, Any]]) -> None:
        """Write the log of operations, one JSON object a line."""
        count = 0
        with self._part(OPERATIONS) as text:
            for line in lines:
                text.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                count += 1
        self._note(OPERATIONS, count)

    def finish(self) -> None:
        """Write README, descriptor and the sums of all files."""
        with self._part(README) as text:
            text.write(readme(self._described))
        with self._part(DESCRIPTOR) as text:
            json.dump(self._described, text, ensure_ascii=False, indent=1)
        with self._part(SUMS) as text:
            for name, digest in self._sums.items():
                text.write(f"{digest}  {name}\n")

    def _note(self, path: str, rows: int) -> None:
        self.rows[path] = self._resources[path]["rows"] = rows

    @contextmanager
    def _part(self, name: str) -> Iterator[_Part]:
        """Give a text to write one file of the zip by, and remember its size and sum."""
        info = zipfile.ZipInfo(name, self._made)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = OWNER_ONLY << 16  # as unpacked on Unix
        with self._zip.open(info, "w", force_zip64=True) as target:
            part = _Part(target)
            yield part
            part.flush()
        self._sums[name] = part.digest.hexdigest()
        if name in self._resources:
            self._resources[name] |= {"bytes": part.size, "hash": f"sha256:{self._sums[name]}"}
