"""Policies as data: one TOML file each, named by its id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from service.errors import ConfigurationError, PolicyUnknown
from service.verdict import Policy

__all__ = ["load_policies", "policy"]


@lru_cache(maxsize=1)
def load_policies(folder: Path = Path(__file__).parent) -> Mapping[str, Policy]:
    """Every policy of a folder by id; ConfigurationError names the file that is wrong."""
    found: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            for key in ("evaluatory", "disabled"):
                data[key] = frozenset(data.get(key, ()))
            item = Policy(**data)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(f"policy {path.name} cannot be read: {error}") from error
        found[item.id] = item
    return found


def policy(id: str) -> Policy:
    """One policy; PolicyUnknown where there is none of that id."""
    known = load_policies()
    if id not in known:
        shown = id if re.fullmatch(r"[a-z0-9._-]{1,64}", id) else "with that name"
        raise PolicyUnknown(f"There is no policy {shown}. Known: {', '.join(sorted(known))}.")
    return known[id]
