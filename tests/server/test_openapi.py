"""Does the description say what the server does?"""

import re
from typing import Any

import pytest
from starlette.routing import Route

from merchant_desk.server.app import make_app
from merchant_desk.server.endpoints.listed import ENDPOINTS
from tests.server.web import WebWorld


@pytest.fixture
def document(embedded: WebWorld) -> dict[str, Any]:
    found: dict[str, Any] = embedded.client.get("/openapi.json").json()
    return found


def references(part: Any) -> list[str]:
    """Return every reference in a document."""
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [one for value in part.values() for one in references(value)]
    return [one for value in part for one in references(value)] if isinstance(part, list) else []


def test_every_route_is_described(embedded: WebWorld, document: dict[str, Any]) -> None:
    routes = {
        (route.path, method.lower())
        for route in make_app(embedded.services).routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {(path, method) for path, operations in document["paths"].items() for method in operations}
    assert described == routes
    assert document["openapi"] == "3.1.0"


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    found = references(document)
    assert len(found) > 30
    names = {one.removeprefix("#/components/schemas/") for one in found}
    assert names <= set(document["components"]["schemas"])


def test_a_message_is_described_as_it_travels(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    operation = schemas["WireOp"]
    assert operation["type"] == "array"
    assert len(operation["prefixItems"]) == 3
    assert set(schemas["Problem"]["properties"]) == {"code", "facts"}
    push = document["paths"]["/push"]["post"]
    assert push["requestBody"]["content"]["application/msgpack"]["schema"]["$ref"].endswith("PushRequest")
    assert {"200", "400", "401", "413", "426", "503"} <= set(push["responses"])
    assert push["security"] == [{"desk": []}]
    assert document["paths"]["/enrol"]["post"]["security"] == []


def test_both_languages_for_every_endpoint() -> None:
    for endpoint in ENDPOINTS:
        assert re.search("[一-鿿]", endpoint.zh), endpoint.path
        assert endpoint.en.isascii(), endpoint.path


def test_the_page_needs_nothing_else(embedded: WebWorld) -> None:
    answer = embedded.client.get("/docs")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert not re.search(r"(src|href)\s*=\s*['\"]?(https?:)?//|<script|@import|url\(", answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for endpoint in ENDPOINTS:
        assert endpoint.path in answer.text
    anchors = set(re.findall(r"href='#([^']+)'", answer.text))
    assert len(anchors) > 10
    assert anchors <= set(re.findall(r"id='([^']+)'", answer.text))
