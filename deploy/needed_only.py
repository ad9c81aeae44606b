"""Leave in this Python only what 借梯 needs to run: the lock also holds the tools of its tests.

Walks the requirements of the installed ``jieti`` and takes the rest away, pip last. Run by deploy/Dockerfile.
"""

import re
import subprocess
import sys
from importlib.metadata import Distribution, distribution, distributions

PLATFORM = "jieti"


def named(requirement: str) -> tuple[str, str]:
    """``celery[redis]>=5; extra == 'x'`` → its name and its marker."""
    head, _semicolon, marker = requirement.partition(";")
    return canonical(re.split(r"[\s\[<>=!~(@]", head.strip(), maxsplit=1)[0]), marker


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def extras_of(requirement: str) -> frozenset[str]:
    found = re.match(r"[\w.-]+\s*\[([^\]]*)\]", requirement)
    return frozenset(canonical(one.strip()) for one in found[1].split(",")) if found else frozenset()


def wanted_by(what: Distribution, extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """Other conditions than extras are left alone: what they keep away is not installed, what they let in may stay."""
    found = []
    for requirement in what.requires or ():
        name, marker = named(requirement)
        asked = re.search(r"""extra\s*==\s*['"]([^'"]+)['"]""", marker)
        if asked is None or canonical(asked[1]) in extras:
            found.append((name, extras_of(requirement)))
    return found


def needed(root: str = PLATFORM) -> set[str]:
    seen: set[tuple[str, frozenset[str]]] = set()
    left = [(root, frozenset[str]())]
    installed = {canonical(one.metadata["Name"]): one for one in distributions()}
    while left:
        name, extras = left.pop()
        if (name, extras) in seen or name not in installed:
            continue
        seen.add((name, extras))
        left += wanted_by(installed[name], extras)
    return {name for name, _extras in seen}


def main() -> None:
    distribution(PLATFORM)  # not there: nothing may be taken away
    kept = needed()
    every = {canonical(one.metadata["Name"]) for one in distributions()}
    gone = [*sorted(every - kept - {"pip"}), "pip"]
    subprocess.run([sys.executable, "-m", "pip", "uninstall", "--quiet", "--yes", *gone], check=True)
    print(f"{len(kept)} stay, {len(gone)} went")  # noqa: T201 - said to whoever builds


if __name__ == "__main__":
    main()
