"""The score of a response by the published rules of the Mozilla HTTP Observatory.

From its scoring table: a response begins with 100 points. Penalties are subtracted. A
bonus is added only if 90 points or more are left. Rules about certificates and preload
lists are left out, since headers do not show these. The highest score here is 155, and
150 without cookies.
"""

from collections.abc import Iterable, Mapping
from http.cookies import SimpleCookie

SIX_MONTHS = 15_768_000
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*"}
UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "data:"}
PRIVATE = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}
OPENERS = {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"}


def score(headers: Mapping[str, str], cookies: Iterable[str] = ()) -> int:
    """The score of a response over TLS; `cookies` are its Set-Cookie headers."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    modifiers = [
        _policy(policy),
        _frames(policy, headers.get("X-Frame-Options", "")),
        _cookies(cookies),
        _transport(headers.get("Strict-Transport-Security", "")),
        _one_of(headers.get("Referrer-Policy"), PRIVATE, 5),
        _one_of(
            headers.get("Cross-Origin-Resource-Policy"), {"same-origin", "same-site"}
        ),
        _one_of(headers.get("Cross-Origin-Opener-Policy"), OPENERS),
        _one_of(
            headers.get("Cross-Origin-Embedder-Policy"),
            {"require-corp", "credentialless"},
        ),
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        -50 if "Access-Control-Allow-Credentials" in headers else 0,
    ]
    total = 100 + sum(points for points in modifiers if points < 0)
    if total >= 90:
        total += sum(points for points in modifiers if points > 0)
    return max(total, 0)


def directives(policy: str) -> dict[str, set[str]]:
    """The sources of each directive of a policy."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


def _policy(policy: dict[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    scripts = policy.get("script-src", default)
    objects = policy.get("object-src", default)
    styles = policy.get("style-src", default)
    if scripts & (BROAD | UNSAFE) or objects & BROAD:
        return -20
    if any(s.startswith("http:") for sources in policy.values() for s in sources):
        return -20
    if styles & (BROAD | UNSAFE):
        return 0
    is_closed = policy.get("form-action", {"*"}) <= {"'none'", "'self'"}
    return 10 if default == {"'none'"} and is_closed else 5


def _frames(policy: dict[str, set[str]], header: str) -> int:
    if not policy.get("frame-ancestors", BROAD) & BROAD:
        return 5
    return 0 if header.upper() in ("DENY", "SAMEORIGIN") else -20


def _cookies(lines: Iterable[str]) -> int:
    morsels = [m for line in lines for m in SimpleCookie(line).values()]
    if not morsels:
        return 0
    if not all(morsel["secure"] for morsel in morsels):
        return -20
    if not all(morsel["httponly"] for morsel in morsels):
        return -30
    same_site = {str(morsel["samesite"]).lower() for morsel in morsels}
    return 5 if same_site <= {"lax", "strict"} else 0


def _transport(header: str) -> int:
    parts = [part.strip().lower() for part in header.split(";")]
    ages = [int(p.removeprefix("max-age=")) for p in parts if p.startswith("max-age=")]
    if not ages:
        return -20
    return 0 if ages[0] >= SIX_MONTHS else -10


def _one_of(value: str | None, good: set[str], points: int = 10) -> int:
    """Points for a good value, none without a value, a penalty for a wrong one."""
    if value is None:
        return 0
    return points if value in good else -5
