"""``make audit``: is a known hole in what we use? 0: none; 1: these; 2: nobody could be asked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NONE, FOUND, UNKNOWN = 0, 1, 2
LOCK = Path(__file__).resolve().parents[3] / "requirements.lock"


def main() -> int:
    asked = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-f", "json", "-r", str(LOCK)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return report(done.stdout, done.stderr)


def report(told: str, trouble: str) -> int:
    """Say in words what came of it; an answer that is none is never taken for "nothing found"."""
    try:
        packages: list[dict[str, Any]] = json.loads(told)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (trouble.strip().splitlines() or ["?"])[-1]
        print(f"没有查成：连不上漏洞库。\nNot checked: the database of vulnerabilities did not answer.\n{reason}")
        return UNKNOWN
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    holes = [(one, hole) for one in packages for hole in one.get("vulns", [])]
    for one, hole in holes:
        mended = "、".join(hole.get("fix_versions", [])) or "—"
        print(f"{one['name']} {one['version']}  {hole['id']}  → {mended}")
    if holes or skipped or not packages:
        print(f"有 {len(holes)} 个已知漏洞，{len(skipped)} 个包没查到：{'、'.join(skipped) or '无'}。")
        print(f"{len(holes)} known holes; {len(skipped)} packages nobody knows.")
        return FOUND
    print(f"查了 {len(packages)} 个包，没有已知漏洞。\n{len(packages)} packages, no known hole.")
    return NONE


if __name__ == "__main__":
    sys.exit(main())
