"""The interface described: OpenAPI 3.1 made from the message types, and one page for people to read."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import msgspec

from merchant_desk.server.endpoint import Access, Choice, Endpoint, Param
from merchant_desk.sync.administration import MEDIA_TYPE, PENDING_HEADER, PROTOCOL_HEADER, SESSION_HEADER
from merchant_desk.sync.protocol import PROTOCOL, Problem

_REFERENCE = "#/components/schemas/{name}"
_ABOUT = (
    "MessagePack（ids 为 16 字节，bytes 为原始字节；此处按 JSON 描述），可用 zstd 压缩。"
    "错误一律为 Problem：code 与 facts。除登记、健康和文档外都需要 Bearer 令牌。\n\n"
    "Bodies are MessagePack (ids as 16 bytes, bytes as they are; described here as JSON) and may be "
    "compressed by zstd. Errors are always a Problem: code and facts. Everything but enrolment, health and "
    "this description needs a bearer token."
)
_ALWAYS = ((400, "body_unreadable"), (426, "desk_too_old"), (429, "too_many_requests"))
_STORAGE = (503, "disk_full / database_unreachable / server_busy")


def describe(endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    """Return the OpenAPI document."""
    types = [Problem, *(e.answer for e in endpoints), *(e.request for e in endpoints if e.request)]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    answers = dict(zip((id(e) for e in endpoints), schemas[1 : len(endpoints) + 1], strict=True))
    requests = dict(zip((id(e) for e in endpoints if e.request), schemas[len(endpoints) + 1 :], strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, answers[id(endpoint)], requests.get(id(endpoint))
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Merchant Desk", "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "desk": {"type": "http", "scheme": "bearer"},
                "person": {"type": "apiKey", "in": "header", "name": SESSION_HEADER},
            },
        },
    }


def _operation(endpoint: Endpoint, answer: Any, request: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{endpoint.method} {endpoint.path}",
        "summary": endpoint.en,
        "description": endpoint.zh,
        "parameters": _parameters(endpoint),
        "responses": {
            "200": {"description": "OK", "content": {endpoint.media: {"schema": answer}}},
            **_problems(endpoint, schema={"$ref": _REFERENCE.format(name="Problem")}),
        },
    }
    security: dict[Access, list[dict[str, list[str]]]] = {
        Access.ANYBODY: [],
        Access.DESK: [{"desk": []}],
        Access.PERSON: [{"desk": [], "person": []}],
    }
    described["security"] = security[endpoint.access]
    if request is not None:
        content = {MEDIA_TYPE: {"schema": request}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": param.name,
            "in": "query",
            "required": False,
            "description": f"{param.zh} / {param.en}",
            "schema": {
                "type": "integer" if param.scale == 1 else "number",
                "minimum": param.least // param.scale,
                "maximum": param.most // param.scale,
            },
        }
        for param in endpoint.params
    ]
    found += [
        {
            "name": choice.name,
            "in": "query",
            "required": False,
            "description": f"{choice.zh} / {choice.en}",
            "schema": {"type": "string", "enum": list(choice.words)},
        }
        for choice in endpoint.choices
    ]
    headers = [(PROTOCOL_HEADER, f"协议版本，现为 {PROTOCOL} / the protocol, now {PROTOCOL}")]
    if endpoint.access is not Access.ANYBODY:
        headers.append((PENDING_HEADER, "尚未发送的操作数 / operations that are not sent yet"))
    return found + [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "integer"},
        }
        for name, text in headers
    ]


def problems_of(endpoint: Endpoint) -> list[tuple[int, str]]:
    """Return every problem that an endpoint may answer with, by status."""
    who = [] if endpoint.access is Access.ANYBODY else [(401, "not_enrolled"), (401, "device_retired")]
    if endpoint.access is Access.PERSON:
        who += [(403, "session_needed"), (403, "sign_in_expired")]
    large = [(413, "body_too_large")] if endpoint.request else []
    return sorted({*_ALWAYS, *who, *large, *endpoint.problems, _STORAGE})


def _problems(endpoint: Endpoint, schema: dict[str, str]) -> dict[str, Any]:
    codes: dict[int, list[str]] = {}
    for status, code in problems_of(endpoint):
        codes.setdefault(status, []).append(code)
    return {
        str(status): {"description": ", ".join(named), "content": {endpoint.media: {"schema": schema}}}
        for status, named in codes.items()
    }


def page(endpoints: Iterable[Endpoint], document: dict[str, Any]) -> str:
    """Return the description as one HTML page that needs nothing else."""
    parts = [_section(endpoint, document["paths"][endpoint.path]) for endpoint in endpoints]
    types = "".join(
        f"<details id='type-{escape(name)}'><summary>{escape(name)}</summary>"
        f"<p>{escape(schema.get('description', ''))}</p><pre>{_json(schema)}</pre></details>"
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    about = "".join(f"<p>{escape(text)}</p>" for text in _ABOUT.split("\n\n"))
    return (
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'><title>Merchant Desk API</title>"
        f"<style>{_STYLE}</style></head><body>"
        f"<h1>Merchant Desk API {escape(document['info']['version'])}</h1>{about}"
        f"<p><a href='openapi.json'>openapi.json</a></p>{''.join(parts)}"
        f"<h2>数据类型 / Types</h2>{types}</body></html>"
    )


def _section(endpoint: Endpoint, operations: dict[str, Any]) -> str:
    described = operations[endpoint.method.lower()]
    who = {Access.ANYBODY: "无需令牌 / open", Access.DESK: "工作台 / desk", Access.PERSON: "人员 / person"}
    params: list[Param | Choice] = [*endpoint.params, *endpoint.choices]
    rows = "".join(
        f"<tr><td><code>{escape(param.name)}</code></td><td>{escape(param.zh)} / {escape(param.en)}</td></tr>"
        for param in params
    )
    problems = "".join(
        f"<tr><td>{status}</td><td><code>{escape(code)}</code></td></tr>"
        for status, code in problems_of(endpoint)
    )
    body = ""
    if "requestBody" in described:
        (content,) = described["requestBody"]["content"].values()
        body = f"<p>请求 / request: {_type_link(content['schema'])}</p>"
    (content,) = described["responses"]["200"]["content"].values()
    return (
        f"<section><h2><b>{endpoint.method}</b> {escape(endpoint.path)} <small>{who[endpoint.access]}</small>"
        f"</h2><p>{escape(endpoint.zh)}</p><p>{escape(endpoint.en)}</p><table>{rows}</table>{body}"
        f"<p>答复 / answer: {_type_link(content['schema'])}</p>"
        f"<details><summary>错误 / problems</summary><table>{problems}</table></details></section>"
    )


def _type_link(schema: dict[str, Any]) -> str:
    target = schema.get("items", schema).get("$ref", "").rpartition("/")[2]
    if not target:
        return "<code>text</code>"
    many = "[]" if "items" in schema else ""
    return f"<a href='#type-{escape(target)}'>{escape(target)}</a>{many}"


def _json(schema: Any) -> str:
    return escape(msgspec.json.format(msgspec.json.encode(schema), indent=2).decode())


_STYLE = """
:root{color-scheme:light dark;--ink:#171b24;--second:#545c6b;--line:#e3e6eb;--panel:#fff;--back:#f4f5f7;
--accent:#2457d6}
@media (prefers-color-scheme:dark){:root{--ink:#edeff3;--second:#a7afbd;--line:#2c323d;--panel:#1c2028;
--back:#14171d;--accent:#6e97ff}}
body{font:14px/20px "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;color:var(--ink);
background:var(--back);max-width:880px;margin:32px auto;padding:0 16px}
h1{font-size:26px;line-height:36px}h2{font-size:17px;line-height:24px}h2 b{color:var(--accent)}
h2 small{float:right;color:var(--second);font-weight:400;font-size:13px}
section,details{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:8px 16px;
margin:12px 0}section details{border:0;padding:0}
td{padding:2px 16px 2px 0;vertical-align:top}a{color:var(--accent)}pre{overflow:auto;font-size:12px}
"""
