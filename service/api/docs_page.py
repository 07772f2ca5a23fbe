"""The API's description as one plain page, made from the OpenAPI document. No scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

__all__ = ["render_docs"]

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Honmono API</title>
<link rel="icon" href="/static/icon.svg"><link rel="stylesheet" href="/static/base.css">
</head><body class="page page-wide">"""


def render_docs(document: Mapping[str, Any], banner: str = "") -> str:
    """HTML of an OpenAPI document: every operation with parameters, bodies, answers and examples."""
    info = document["info"]
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    schemas = "".join(
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"{_code(schema)}</details>"
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    return (
        f"{_HEAD}{banner}<header><h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>"
        f"<p>{_text(info['description'])}</p>"
        '<p><a href="/">Home</a> · <a href="/openapi.json">openapi.json</a></p></header>'
        f'<main class="docs"><h2>Operations</h2>{operations}<h2>Schemas</h2>{schemas}</main></body></html>'
    )


def _text(text: str) -> str:
    """Prose with `code` in backticks."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))


def _code(value: Any) -> str:
    return f"<pre><code>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</code></pre>"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    key = "Needs a key." if operation.get("security") else "Needs no key."
    return (
        f"<section><h3><code>{escape(method.upper())} {escape(path)}</code></h3>"
        f"<p><strong>{escape(operation.get('summary', ''))}.</strong> "
        f"{_text(operation.get('description', ''))} {key}</p>"
        f"{''.join(_parts(operation))}</section>"
    )


def _parts(operation: Mapping[str, Any]) -> Iterator[str]:
    if operation.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}</td>"
            f"<td>{_text(p.get('description', ''))}</td></tr>"
            for p in operation["parameters"]
        )
        head = "<thead><tr><th>Parameter</th><th>In</th><th>About</th></tr></thead>"
        yield f"<table>{head}<tbody>{rows}</tbody></table>"
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<details><summary>Body: <code>{escape(kind)}</code></summary>{_code(body)}</details>"
    for status, answer in operation.get("responses", {}).items():
        about = f"<code>{escape(status)}</code> {_text(answer.get('description', ''))}"
        content = answer.get("content")
        yield (
            f"<details><summary>{about}</summary>{_code(content)}</details>" if content else f"<p>{about}</p>"
        )
