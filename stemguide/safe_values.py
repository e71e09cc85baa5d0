"""Which values of the environment are safe for a site that patients use."""

import os
import re
import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from stemguide import env

HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+\Z")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The database with its -wal and -shm files, and the key that `make run` makes.
SECRETS = ("stemguide.sqlite3*", "secret-key")


def unsafe_values() -> dict[str, str]:
    """What must be mended before patients may use this site, by variable.

    Variables that are already in env.FAULTS are left out: their value is invalid.
    """
    found: dict[str, list[str]] = {}
    for name, what in _faults():
        if name not in env.FAULTS:
            found.setdefault(name, []).append(what)
    return {name: " ".join(faults) for name, faults in found.items()}


def _faults() -> Iterator[tuple[str, str]]:
    yield from (("SECRET_KEY", what) for what in _key_faults(env.SECRET_KEY or ""))
    hosts = env.ALLOWED_HOSTS or []
    yield from (("ALLOWED_HOSTS", what) for what in _hosts_faults(hosts))
    yield from (("PUBLIC_URL", what) for what in _url_faults(env.PUBLIC_URL, hosts))
    var_faults = _folder_faults(Path(env.VAR_DIR))
    yield from (("STEMGUIDE_VAR_DIR", what) for what in var_faults)
    if not env.PROXY_COUNT:
        yield (
            "PROXY_COUNT",
            (
                "Set the number of proxies before this site, such as 1. With 0, one "
                "person's wrong passwords lock everybody out."
            ),
        )
    yield from (("EMAIL_URL", what) for what in _mail_faults())


def _key_faults(key: str) -> Iterator[str]:
    if len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure-"):
        yield "Set 50 or more random characters, and keep them."


def _hosts_faults(hosts: list[str]) -> Iterator[str]:
    if not hosts:
        yield "List the host names of this site, such as guide.example."
    for host in hosts:
        if not _is_ip_address(host) and not HOST.match(host.lower()):
            yield f"{host!r} is no full host name. Write one such as guide.example."


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _url_faults(url: str, hosts: list[str]) -> Iterator[str]:
    try:
        parts = urlsplit(url or "")
        has_port = parts.port is not None
    except ValueError:
        yield "This is no URL. Write one such as https://guide.example."
        return
    if parts.scheme != "https" or not parts.hostname:
        yield "Set the URL of this site, such as https://guide.example."
        return
    if has_port or parts.username or parts.path not in ("", "/") or parts.query:
        yield "Write only https:// and the host name, such as https://guide.example."
    if parts.hostname not in [host.lower() for host in hosts]:
        yield f"{parts.hostname} is not in ALLOWED_HOSTS. Add it there, or mend it."


def _folder_faults(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"{folder} is no folder. Make it, for the user who runs this guide alone."
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield f"{folder} cannot be written. Give it to the user who runs this guide."
    served = env.ROOT / "static"
    if folder.resolve().is_relative_to(served):
        yield f"{folder} lies in {served}, which everybody can read. Move it."
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH:
        yield f"Everybody can write to {folder}. Mend it: chmod o-w {folder}"
    if not mode & stat.S_IXOTH:
        return
    for pattern in SECRETS:
        for path in sorted(folder.glob(pattern)):
            if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
                yield f"Everybody on this machine can read {path}. Mend it: " + (
                    f"chmod o-rwx {path}"
                )


def _mail_faults() -> Iterator[str]:
    mail = env.EMAIL or {}
    is_loopback = mail.get("EMAIL_HOST") in LOOPBACK
    is_encrypted = mail.get("EMAIL_USE_TLS") or mail.get("EMAIL_USE_SSL")
    if mail.get("EMAIL_HOST_PASSWORD") and not is_loopback and not is_encrypted:
        yield "The password would be sent unencrypted. Use submission:// or smtps://."
