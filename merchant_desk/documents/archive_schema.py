"""The schema of an archive, made of the tables' own definitions: fields, units, Data Package descriptor.

One description serves the files, `datapackage.json` (Frictionless Data Package and Table Schema, version 1)
and the README, so that none of them can say something else than the tables do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from merchant_desk.documents.archive_columns import LEFT_OUT as COLUMNS_LEFT_OUT
from merchant_desk.documents.archive_columns import Meaning, Unit, meaning_of
from merchant_desk.documents.archive_tables import LEFT_OUT as TABLES_LEFT_OUT
from merchant_desk.documents.archive_tables import TABLES, TableWords
from merchant_desk.models.columns import Col, TableSpec
from merchant_desk.models.tables import SPECS

FORMAT: Final = 1
"""Goes up when a file or column is renamed or means something else; additions leave it."""

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - of UTC, as all that is counted from it
UTC_SUFFIX: Final = "_utc"

Written = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file: `column` is the stored one that it is made of, `written` how its cell is written.

    Cells of what is not there (None) are empty.
    """

    name: str
    type: str
    meaning: Meaning
    column: str
    written: Written
    form: str = ""
    required: bool = False

    def described(self) -> dict[str, Any]:
        """Return the field as Table Schema has it, with the Chinese description and the unit beside."""
        found: dict[str, Any] = {"name": self.name, "type": self.type}
        if self.form:
            found["format"] = self.form
        found |= {"description": self.meaning.en, "description_zh": self.meaning.zh}
        if self.meaning.unit is not None and self.type == "integer":
            found["unit"] = self.meaning.unit.value
        if self.meaning.refers and self.meaning.refers in TABLES:
            found["refers_to"] = f"{TABLES[self.meaning.refers].file}.id"
        if self.required:
            found["constraints"] = {"required": True}
        return found


@dataclass(frozen=True, slots=True)
class Entity:
    """One file of an archive: which table's, in which words, with which fields."""

    table: str
    words: TableWords
    fields: tuple[Field, ...]

    @property
    def path(self) -> str:
        """The file's name."""
        return f"{self.words.file}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """The stored columns that it is made of, each once."""
        return tuple(dict.fromkeys(field.column for field in self.fields))

    def described(self) -> dict[str, Any]:
        """Return the file as Data Package has it, without what only the written file knows."""
        return {
            "name": self.words.file.replace("_", "-"),
            "path": self.path,
            "profile": "tabular-data-resource",
            "title": self.words.en,
            "title_zh": self.words.zh,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
            "schema": {
                "fields": [field.described() for field in self.fields],
                "primaryKey": ["id"],
                "missingValues": [""],
            },
        }


def utc_text(microseconds: int) -> str:
    """Return a time as ISO 8601 in UTC, with all six decimals; an impossible one as no text."""
    try:
        moment = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return ""
    return f"{moment.isoformat(timespec='microseconds')}Z"


def id_text(value: UUID | bytes) -> str:
    """Return an id, or the 16 bytes that a database keeps of it, as RFC 9562 writes it."""
    if isinstance(value, UUID):
        return str(value)
    text = value.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def hex_text(value: bytes) -> str:
    """Return bytes in hexadecimal."""
    return bytes(value).hex()


_TYPES: Final[Mapping[str, tuple[str, str, Written]]] = {
    "id": ("string", "uuid", id_text),
    "int": ("integer", "", str),
    "text": ("string", "", str),
    "bytes": ("string", "", hex_text),
}
"""Kind of a stored column -> type and format of Table Schema, and how a cell is written."""


def fields_of(spec: TableSpec) -> Iterator[Field]:
    """Yield the fields of a table: its columns in their order, times followed by the same as ISO 8601."""
    for column in (Col("id", "id"), *spec.columns):
        if column.name in COLUMNS_LEFT_OUT:
            continue
        type_, form, written = _TYPES[column.kind]
        meaning = meaning_of(spec.name, column.name) or Meaning(column.name, column.name)
        # A text that is empty says so by an empty cell, too.
        required = not column.null and column.kind not in {"text", "bytes"}
        yield Field(column.name, type_, meaning, column.name, written, form, required)
        if meaning.unit is Unit.TIME:
            same = Meaning(f"{meaning.zh}（ISO 8601，UTC）", f"{meaning.en}, ISO 8601 in UTC")
            yield Field(column.name + UTC_SUFFIX, "datetime", same, column.name, utc_text)


@cache
def entities() -> tuple[Entity, ...]:
    """Return the files of an archive; a table that nobody has named yet is there under its own name."""
    return tuple(
        Entity(name, TABLES.get(name, TableWords(name, name, name)), tuple(fields_of(spec)))
        for name, spec in SPECS.items()
        if name not in TABLES_LEFT_OUT
    )


PERSONAL: Final = Entity(
    "buyer_secrets",
    TableWords(
        "buyer_details",
        "买家的姓名、电话、地址（个人信息；只在要求时包含）",
        "names, telephone numbers and addresses of buyers (personal; only where asked for)",
    ),
    (
        Field(
            "id", "string", Meaning("买家", "buyer", refers="buyers"), "id", id_text, "uuid", required=True
        ),
        Field("name", "string", Meaning("姓名", "name"), "name", str),
        Field("phone", "string", Meaning("电话", "telephone number"), "phone", str),
        Field("address", "string", Meaning("地址", "address"), "address", str),
    ),
)

OPERATIONS: Final = "operations.jsonl"

OPERATION_FIELDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "op_id": ("string", "编号（UUID）", "id (UUID)"),
    "kind": ("string", "操作种类", "kind of operation"),
    "version": ("integer", "内容的版本", "version of its body"),
    "device_id": ("string", "设备", "device"),
    "device_seq": ("integer", "设备的序号", "the device's number of it"),
    "person_id": ("string", "谁做的", "who did it"),
    "time": ("integer", "时间（微秒，UTC）", "when it was done, microseconds UTC"),
    "time_utc": ("string", "时间（ISO 8601，UTC）", "the same, ISO 8601 in UTC"),
    "received_at": ("integer", "服务器收到的时间（微秒，UTC）", "when the server had it, microseconds UTC"),
    "received_at_utc": ("string", "服务器收到的时间（ISO 8601，UTC）", "the same, ISO 8601 in UTC"),
    "status": ("string", "结果：applied、refused、held、parked", "outcome: applied, refused, held, parked"),
    "code": ("string", "拒绝的代码", "code of its refusal"),
    "facts": ("object", "拒绝的事实", "facts of its refusal"),
    "body": (
        "object",
        "内容；字节为 Base64，未知则为 null",
        "what it says, bytes as Base64; null if not here",
    ),
}
"""Member of a line of `operations.jsonl` -> type, and words in both languages."""


def operations_described() -> dict[str, Any]:
    """Return the log of operations as Data Package has it, with a JSON Schema of its lines."""
    members = {
        name: {
            "type": ["object", "null"] if name == "body" else type_,
            "description": en,
            "description_zh": zh,
        }
        for name, (type_, zh, en) in OPERATION_FIELDS.items()
    }
    return {
        "name": "operations",
        "path": OPERATIONS,
        "title": "every operation that was ever done, in the order of its id; one JSON object a line",
        "title_zh": "做过的每一项操作，按编号排列；每行一个 JSON 对象",
        "format": "jsonl",
        "mediatype": "application/jsonl",
        "encoding": "utf-8",
        "jsonSchema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": members,
            "required": list(OPERATION_FIELDS),
        },
    }


def described(*, personal: bool) -> dict[str, Any]:
    """Return the descriptor of an archive without what only a written one knows (times, sums, sizes)."""
    resources = [entity.described() for entity in entities()]
    if personal:
        resources.append(PERSONAL.described())
    resources.append(operations_described())
    return {
        "profile": "data-package",
        "name": "merchant-desk-archive",
        "title": "All data of a merchant",
        "title_zh": "一个商户的全部数据",
        "format_version": FORMAT,
        "resources": resources,
        "left_out": {
            "tables": {name: {"zh": zh, "en": en} for name, (zh, en) in TABLES_LEFT_OUT.items()},
            "columns": {name: {"zh": zh, "en": en} for name, (zh, en) in COLUMNS_LEFT_OUT.items()},
        },
    }
