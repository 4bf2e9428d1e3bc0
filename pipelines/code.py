"""Which code made a release: its version, a key of everything that shapes data, and the git commit where there is one.

Nothing here depends on the time; the commit is the last one that touched the code, so that one which changes only
notebooks or documents gives the same release.
"""

import json
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from pipelines import work

NAME = "variorum"
REPOSITORY = work.PACKAGE.parent
CODE = ("pipelines", "schemas")


@dataclass(frozen=True)
class Code:
    """The code that made a release.

    Attributes:
        version: The version of the package.
        key: A digest of all its files and of the libraries that shape the data.
        commit: The git commit that last touched it, with `-modified` if files differ from it; empty where unknown.
    """

    version: str
    key: str
    commit: str


@cache
def code() -> Code:
    """The code that is running."""
    return Code(_version(), work.code_version("."), _commit())


def _version() -> str:
    """As pyproject.toml says, which is newer than what was installed from it; of an installed package, as that says."""
    project = REPOSITORY / "pyproject.toml"
    if project.is_file():
        told = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
        if told.get("name") == NAME:
            return str(told["version"])
    return metadata.version(NAME)


def _commit() -> str:
    if not (REPOSITORY / ".git").exists():
        return _installed_commit()
    last = _git("log", "-1", "--format=%H", "--", *CODE)
    return f"{last}-modified" if last and _git("status", "--porcelain", "--", *CODE) else last


def _installed_commit() -> str:
    """The commit that pip noted when it installed the package from a repository (PEP 610)."""
    try:
        noted = metadata.distribution(NAME).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    return str(json.loads(noted or "{}").get("vcs_info", {}).get("commit_id", ""))


def _git(*arguments: str) -> str:
    """What git answers; nothing where there is no git, or where it does not trust the folder."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(REPOSITORY), *arguments], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
