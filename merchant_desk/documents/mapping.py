"""Mappings: which column of a merchant's file holds which field, and how its cells are written.

A mapping is saved as JSON and used again for the next file of the same make. Its digest covers everything
that decides what becomes of a row, and nothing else: a new name does not make an import a new one.
"""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from merchant_desk.documents.column_names import FIELDS, REQUIRED, TOGETHER, ImportKind, suggested_columns
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import Table, open_table
from merchant_desk.documents.transforms import Constant, Transform, is_usable, tag_of
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.currencies import CURRENCIES, minor_digits
from merchant_desk.domain.imports_order_lines import OrderSettings, Service
from merchant_desk.models.whole_files import drafted

FORMAT: Final = "merchant-desk/column-mapping"
VERSION: Final = 2
"""2: transformations."""
MAX_JSON_BYTES: Final = 1 << 20


class MappingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a file is written. None means: found by looking.

    `hidden_rows` says whether rows that a sheet hides are meant ("take"); a file that has some is refused
    otherwise.
    `date_order` is "serial" for day numbers of a spreadsheet; `time_zone` (IANA name) is where the clock hung
    that wrote the times; `currency` is an ISO 4217 code; `unit` is the base unit of products that name none.
    `pad_codes_to` fills barcodes of fewer digits up with the leading zeros that a spreadsheet has cut off.
    The prefixes and services are explained at `domain.imports_order_lines.OrderSettings`.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    hidden_rows: Literal["refuse", "take"] = "refuse"
    date_order: Literal["ymd", "dmy", "mdy", "serial"] = "ymd"
    time_zone: str = "Asia/Shanghai"
    decimal_mark: Literal[".", ","] = "."
    currency: str = "CNY"
    unit: str = "件"
    pad_codes_to: Literal[8, 12, 13, 14] | None = None
    cancellation_prefix: str = ""
    adjustment_prefix: str = ""
    services: dict[str, Service] = {}
    service_prefixes: dict[str, Service] = {}


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields by column heading, for one kind of import; `format` and `version` mark the JSON.

    `transforms` are done to the cells of a field in their order; a field that begins with a constant needs no
    column.
    """

    name: str
    kind: ImportKind
    columns: dict[str, str]
    options: MappingOptions = MappingOptions()
    transforms: dict[str, tuple[Transform, ...]] = {}
    format: Literal["merchant-desk/column-mapping"] = FORMAT
    version: int = VERSION

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that decides what becomes of a row."""
        said = [self.kind, self.columns, self.options, *([self.transforms] if self.transforms else [])]
        content = msgspec.json.encode(said, order="deterministic")
        return hashlib.sha256(content).hexdigest()

    @property
    def fields(self) -> frozenset[str]:
        """The fields that get a value: from a column, or a constant one."""
        constant = {field for field, steps in self.transforms.items() if _begins_constant(steps)}
        return frozenset(self.columns) | constant

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that do not name one."""
        return ZoneInfo(self.options.time_zone)

    @property
    def order_settings(self) -> OrderSettings:
        """What order numbers and stock codes mean."""
        options = self.options
        return OrderSettings(
            cancellation_prefix=options.cancellation_prefix,
            adjustment_prefix=options.adjustment_prefix,
            services={sku_key(code): service for code, service in options.services.items()},
            service_prefixes={sku_key(code): service for code, service in options.service_prefixes.items()},
            minor_digits=minor_digits(options.currency),
        )

    def column(self, field: str, headers: Sequence[str]) -> int | None:
        """Return the place of a field's column among the headings, None if the field has none.

        Raises:
            ImportProblem: `missing_column`.
        """
        header = self.columns.get(field)
        if header is None:
            return None
        if header not in headers:
            raise ImportProblem("missing_column", columns=header, headers=", ".join(headers))
        return headers.index(header)


def to_json(mapping: Mapping) -> bytes:
    """Return the mapping as JSON for a file (UTF-8, indented)."""
    return msgspec.json.format(msgspec.json.encode(mapping, order="sorted"), indent=2) + b"\n"


def from_json(data: bytes) -> Mapping:
    """Read a saved mapping; a field whose heading is empty, as in a template, has no column.

    Raises:
        ImportProblem: `mapping_not_readable` (with the place and reason), `mapping_too_new`, and those of
            `check_mapping`.
    """
    try:
        version = msgspec.json.decode(data, type=_Marked).version
        if version > VERSION:
            raise ImportProblem("mapping_too_new", version=version, known=VERSION)
        mapping = msgspec.json.decode(data, type=Mapping)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ImportProblem("mapping_not_readable", reason=str(error)) from error
    named = {field: header for field, header in mapping.columns.items() if header.strip()}
    mapping = msgspec.structs.replace(mapping, columns=named)
    check_mapping(mapping)
    return mapping


class _Marked(msgspec.Struct):
    format: Literal["merchant-desk/column-mapping"]
    version: int


def save_mapping(mapping: Mapping, path: Path) -> None:
    """Write a mapping to a file, whole or not at all."""
    with drafted(path) as draft:
        draft.write_bytes(to_json(mapping))


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from a file.

    Raises:
        ImportProblem: as `from_json`.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as stream:
        data = stream.read(MAX_JSON_BYTES + 1)
    if len(data) > MAX_JSON_BYTES:
        raise ImportProblem("mapping_not_readable", reason=f"> {MAX_JSON_BYTES} bytes")
    return from_json(data)


def check_mapping(mapping: Mapping) -> None:
    """Refuse a mapping that cannot work with any file.

    Raises:
        ImportProblem: `unknown_field`, `column_used_twice`, `field_not_mapped`, `unknown_time_zone`,
            `unknown_currency`, `unknown_delimiter`, `transform_not_usable`, `transform_without_column`.
    """
    unknown = sorted({*mapping.columns, *mapping.transforms} - set(FIELDS[mapping.kind]))
    if unknown:
        raise ImportProblem("unknown_field", fields=", ".join(unknown), kind=mapping.kind)
    _check_transforms(mapping)
    # A column may give several fields if they take different parts of it.
    columns = [column for field, column in mapping.columns.items() if not mapping.transforms.get(field)]
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise ImportProblem("column_used_twice", columns=", ".join(doubled))
    _check_required(mapping.kind, mapping.fields)
    _check_options(mapping.options)


def _check_transforms(mapping: Mapping) -> None:
    for field, transforms in mapping.transforms.items():
        for transform in transforms:
            if not is_usable(transform):
                raise ImportProblem("transform_not_usable", fields=field, transform=tag_of(transform))
        if transforms and field not in mapping.fields:
            raise ImportProblem("transform_without_column", fields=field)


def _begins_constant(transforms: Sequence[Transform]) -> bool:
    return bool(transforms) and isinstance(transforms[0], Constant)


def _check_options(options: MappingOptions) -> None:
    try:
        ZoneInfo(options.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImportProblem("unknown_time_zone", zone=options.time_zone) from error
    if options.currency not in CURRENCIES:
        raise ImportProblem("unknown_currency", currency=options.currency)
    if options.delimiter is not None and len(options.delimiter) != 1:
        raise ImportProblem("unknown_delimiter", delimiter=options.delimiter)


def _check_required(kind: ImportKind, columns: Collection[str]) -> None:
    for group in REQUIRED[kind]:
        if not any(field in columns for field in group):
            raise ImportProblem("field_not_mapped", fields=", ".join(group), headings=_headings(kind, group))
    for group in TOGETHER[kind]:
        missing = [field for field in group if field not in columns]
        if missing and len(missing) < len(group):
            headings = _headings(kind, missing)
            raise ImportProblem("field_not_mapped", fields=", ".join(missing), headings=headings)


def _headings(kind: ImportKind, fields: Sequence[str]) -> str:
    return ", ".join(name for field in fields for name in FIELDS[kind][field])


def suggested_mapping(kind: ImportKind, headers: Sequence[str], name: str = "") -> Mapping:
    """Return the mapping that the headings suggest; fields that nobody could find are left out of it."""
    return Mapping(name=name, kind=kind, columns=suggested_columns(kind, headers))


def likely_kind(headers: Sequence[str]) -> ImportKind:
    """Return what a file with these headings most probably holds: what has all it needs, and most of it."""

    def likeness(kind: ImportKind) -> tuple[bool, int]:
        found = suggested_columns(kind, headers)
        whole = all(any(field in found for field in group) for group in REQUIRED[kind])
        return whole, len(found)

    return max(FIELDS, key=likeness)


def open_unknown(path: Path | str, *, options: MappingOptions | None = None) -> Table:
    """Open a file of which nobody has said what it holds: the heading is the row that any kind knows best.

    Raises:
        ImportProblem, OSError: as `open_table`.
    """
    chosen = options or MappingOptions()
    return open_table(
        path,
        encoding=chosen.encoding,
        sheet=chosen.sheet,
        delimiter=chosen.delimiter,
        header_row=chosen.header_row,
        judge=lambda cells: max(len(suggested_columns(kind, cells)) for kind in FIELDS),
        take_hidden=chosen.hidden_rows == "take",
    )


def open_suggested(kind: ImportKind, path: Path | str, *, take_hidden: bool = False) -> Table:
    """Open a file whose mapping nobody has made yet: its heading is the row that names most fields.

    Raises:
        ImportProblem, OSError: as `open_table`.
    """
    return open_table(path, judge=lambda cells: len(suggested_columns(kind, cells)), take_hidden=take_hidden)


def mapping_template(mapping: Mapping) -> Mapping:
    """Return a mapping to be filled in: every field of its kind is there, "" where it has no column yet."""
    columns = {field: mapping.columns.get(field, "") for field in FIELDS[mapping.kind]}
    return msgspec.structs.replace(mapping, columns=columns)


def open_mapped(path: Path | str, mapping: Mapping) -> Table:
    """Open a file as a mapping says, and look whether every column is there.

    Raises:
        ImportProblem: those of `open_table` and `check_mapping`, and `missing_column`.
        OSError: the file cannot be opened.
    """
    check_mapping(mapping)
    options = mapping.options
    wanted = set(mapping.columns.values())
    table = open_table(
        path,
        encoding=options.encoding,
        sheet=options.sheet,
        delimiter=options.delimiter,
        header_row=options.header_row,
        judge=lambda cells: len(wanted.intersection(cells)),
        take_hidden=options.hidden_rows == "take",
    )
    missing = [column for column in mapping.columns.values() if column not in table.headers]
    if missing:
        raise ImportProblem("missing_column", columns=", ".join(missing), headers=", ".join(table.headers))
    return table
