"""Hostile strings, and a check that no page contains them as markup."""

import json
import re

from lxml import html

from tests.conftest import CORPORA

LOADS = {"iframe", "object", "embed", "base", "applet", "frame", "link", "script"}
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "xlink:href")
SCHEMES = {"", "http", "https", "tel", "mailto"}
# One of each kind, for machines without the corpora.
OUR_OWN = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "</textarea></title></style></script><svg onload=alert(1)>",
    "{{ 7 }}{% debug %}",
]


def payloads() -> list[str]:
    """OWASP's filter evasion strings, and those above."""
    path = CORPORA / "xss-owasp.json"
    return [*OUR_OWN, *(json.loads(path.read_text()) if path.is_file() else [])]


def hostile_parts(source: str) -> list[str]:
    """Parts of a page that would run code, load files, or link to forbidden schemes."""
    if not source.strip():
        return []
    found = []
    for element in html.document_fromstring(source).iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style":
                found.append(f"{element.tag} {name}={value}")
            if name in ADDRESSES and _scheme(value) not in SCHEMES:
                found.append(f"{element.tag} {name}={value}")
            if name == "srcdoc":
                found += hostile_parts(value)
        if element.tag == "meta" and element.get("http-equiv"):
            found.append("meta http-equiv")
        if element.tag in LOADS and not _is_ours(element):
            found.append(html.tostring(element, encoding="unicode")[:200])
    return found


def _scheme(address: str) -> str:
    bare = re.sub(r"[\x00-\x20]", "", address).lower()
    match = re.match(r"([a-z][a-z0-9+.-]*):", bare)
    return match[1] if match else ""


def _is_ours(element) -> bool:
    if element.tag == "iframe":
        return "src" not in element.attrib
    address = element.get("src") or element.get("href") or ""
    is_local = address.startswith("/") and not address.startswith("//")
    return is_local and not (element.text or "").strip()


def assert_inert(response, *typed: str) -> None:
    """Asserts that nothing in `typed` is markup in the response."""
    source = response.content.decode()
    assert hostile_parts(source) == []
    for text in typed:
        if re.search(r"<\s*[a-z/!?]", text, re.IGNORECASE):
            assert text not in source
