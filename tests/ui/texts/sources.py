"""What the product's own source says: every code, kind and state that it can raise, write or send."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import merchant_desk

PRODUCT = Path(merchant_desk.__path__[0])


@dataclass(frozen=True)
class Found:
    """A code and where it stands; `node` is the call or the dictionary that names it."""

    place: str
    code: str
    node: ast.AST


@cache
def trees(folder: str = "") -> tuple[tuple[str, ast.Module], ...]:
    """Return every file of a folder of the product with its syntax tree."""
    return tuple(
        (str(path.relative_to(PRODUCT)), ast.parse(path.read_text("utf-8")))
        for path in sorted((PRODUCT / folder).rglob("*.py"))
    )


def calls(name: str, folder: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Yield (place, call) for every call of a function or method of this name."""
    for file, tree in trees(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == name:
                yield f"{file}:{node.lineno}", node


def called(node: ast.Call) -> str:
    """Return the bare name of what a call calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def literals(node: ast.AST) -> list[str] | None:
    """Return the texts that an expression can be where its source names them all; None where it does not."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        parts = [literals(node.body), literals(node.orelse)]
        return None if None in parts else [text for part in parts for text in part or ()]
    return None


def named(name: str, argument: int = 0, folder: str = "") -> tuple[list[Found], list[str]]:
    """Return the codes that calls of `name` are given at a place, and the places where they are none."""
    found, unread = [], []
    for place, call in calls(name, folder):
        given = call.args[argument] if len(call.args) > argument else None
        codes = None if given is None else literals(given)
        if codes is None:
            unread.append(f"{place.partition(':')[0]}: {ast.unparse(call)}")
        found += [Found(place, code, call) for code in codes or ()]
    return found, unread


def states(folder: str = "handlers") -> Iterator[Found]:
    """Yield every state that a handler writes: `status="..."` of an update, `"status": "..."` of a row."""
    for file, tree in trees(folder):
        for node in ast.walk(tree):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call):
                given = [word.value for word in node.keywords if word.arg == "status"]
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                given = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "status"]
            for value in given:
                either = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
                for code in [code for part in either for code in literals(part) or ()]:
                    yield Found(f"{file}:{value.lineno}", code, node)


def ledger_kinds() -> tuple[list[Found], list[str]]:
    """Return the kinds of the ledger rows that handlers write, and the places where they cannot be read.

    A kind is the first argument of `Movement(...)`, or the first element of the tuple that it unpacks.
    """
    found, unread = [], []
    for file, tree in trees("handlers"):
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            tuples = {
                target.id: node.value.elts[0]
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and node.value.elts
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(function):
                if not isinstance(node, ast.Call) or called(node) != "Movement":
                    continue
                first: ast.AST = node.args[0]
                if isinstance(first, ast.Starred) and isinstance(first.value, ast.Name):
                    first = tuples.get(first.value.id, first)
                kinds = literals(first)
                if kinds is None:
                    unread.append(f"{file}: {ast.unparse(node)}")
                found += [Found(f"{file}:{node.lineno}", kind, node) for kind in kinds or ()]
    return found, unread
