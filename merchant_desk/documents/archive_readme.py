"""The README of an archive, in both languages, made of the same description as its `datapackage.json`."""

from collections.abc import Iterator, Mapping
from typing import Any

_HEAD = """\
# {merchant} · 数据存档 / Archive of all data

- 生成时间 / Made: {created}，由 / by {person}
- 程序 / Program: Merchant Desk {version}，存档格式 / archive format {format_version}
- 截至变更流序号 / As of feed number {seq}，纪元 / epoch {epoch}

本存档含该商户在服务器上的全部业务数据，用通用格式写成，不需要本程序就能读。
字段的名称与含义由程序的数据表定义生成；机器可读的说明在 `datapackage.json`（Frictionless Data Package）。
It holds all business data that the server has of this merchant, in open formats that need no program of
ours. Names and meanings of the fields are made of the program's own table definitions; `datapackage.json`
(Frictionless Data Package) says them to machines.

**请妥善保管：本文件没有加密，含成本、人员姓名{secret_zh}。**
**Put it away safely: it is not encrypted, and has costs and names of staff in it{secret_en}.**

## 怎样读 / How to read it

- CSV：UTF-8（无 BOM），逗号分隔，第一行是字段名，CRLF 换行，引号按 RFC 4180。
  内容原样写出，没有为电子表格改动任何字符：请用“导入文本”打开，把代码列设为文本。
  空格子表示没有值；文字字段也可能是空文字。
  CSV in UTF-8 without a byte order mark, commas, names in the first line, lines that end with CRLF, quotes
  as in RFC 4180. Contents are exact and nothing was changed for spreadsheets: use their text import and
  take codes as text. An empty cell is no value or, of a text, an empty one.
- 数都是精确整数，单位见下表：数量为基本单位的百万分之一，单价为货币主单位的百万分之一，金额为货币最小单位。
  All numbers are exact integers; units are named below: quantities in 10^-6 of the base unit, unit prices
  in 10^-6 of the currency's major unit, amounts in its minor unit.
- 时间为自 1970 年起的微秒数（UTC），旁边的 `…_utc` 是同一时刻的 ISO 8601 写法。
  Times are microseconds since 1970 in UTC; `..._utc` beside them is the same moment in ISO 8601.
- `→ 文件.id` 表示指向另一个文件的行；那一行可能不存在（事实先到，或由服务器本身所做）。
  `→ file.id` leads to a row of another file, which may be missing (a fact came first, or the server itself
  did it).
- `SHA256SUMS` 含各文件的校验和：`sha256sum -c SHA256SUMS`。
  `SHA256SUMS` has the sum of every file: `sha256sum -c SHA256SUMS`.

## 个人信息 / Personal values

{personal}

## 文件 / Files
"""

_WITH = """\
买家的姓名、电话和地址在 `buyer_details.csv`；已抹除的买家不在其中。
存档不会随以后的抹除而改变：请按您对买家的承诺保管和销毁。
Names, telephone numbers and addresses of buyers stand in `buyer_details.csv`; buyers who were erased are
not in it. A later erasure does not reach an archive: keep and destroy it as you promised your buyers."""

_WITHOUT = """\
买家的姓名、电话和地址不在本存档中（`operations.jsonl` 里只有密封的字节，打不开）。
有权限的人可用 `--personal` 另做一份。
Names, telephone numbers and addresses of buyers are not in it (`operations.jsonl` has them sealed, and
nothing here opens them). Whoever holds the right makes another one with `--personal`."""

_SAID = ("created", "person", "version", "format_version", "seq", "epoch")


def readme(described: Mapping[str, Any]) -> str:
    """Return the README of the archive that a finished descriptor describes."""
    personal = any(resource["path"] == "buyer_details.csv" for resource in described["resources"])
    head = _HEAD.format(
        **{name: described[name] for name in _SAID},
        merchant=described["merchant"]["name"],
        personal=_WITH if personal else _WITHOUT,
        secret_zh="以及买家的个人信息" if personal else "",
        secret_en=", and buyers' personal values" if personal else "",
    )
    files = map(_file, described["resources"])
    return "\n".join([head, *files, *_left_out(described["left_out"])])


def _file(resource: Mapping[str, Any]) -> str:
    rows = f"{resource['rows']} 行 / rows · " if "rows" in resource else ""
    lines = [
        f"### {resource['path']}",
        "",
        f"{rows}{resource['title_zh']} / {resource['title']}",
        "",
        "| 字段 / field | 类型 / type | 单位 / unit | 含义 / meaning |",
        "|---|---|---|---|",
    ]
    return "\n".join([*lines, *_fields(resource), ""])


def _fields(resource: Mapping[str, Any]) -> Iterator[str]:
    if "schema" in resource:
        for field in resource["schema"]["fields"]:
            kind = field.get("format") or field["type"]
            leads = f" → {field['refers_to']}" if "refers_to" in field else ""
            words = f"{field['description_zh']} / {field['description']}{leads}"
            yield f"| `{field['name']}` | {kind} | {field.get('unit', '')} | {words} |"
    else:
        for name, member in resource["jsonSchema"]["properties"].items():
            kind = member["type"] if isinstance(member["type"], str) else " / ".join(member["type"])
            yield f"| `{name}` | {kind} | | {member['description_zh']} / {member['description']} |"


def _left_out(left: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[str]:
    yield "## 不在其中 / What is not in it\n"
    for name, why in (*left["tables"].items(), *left["columns"].items()):
        yield f"- `{name}`: {why['zh']} / {why['en']}"
    yield (
        "- 密码、会话、密钥和登记代码：它们只对服务器有用。 / Passwords, sessions, keys and enrolment codes: "
        "they are of use to the server alone.\n"
    )
