#!/usr/bin/env python3
"""A stand-in for systemctl where there is no systemd: starts the programs of unit files, as their users.

Knows what Debian's PostgreSQL, Redis and nginx and our own units say, and nothing more: ``start``, ``restart``,
``enable --now`` and ``daemon-reload``. A target starts what it wants and what that requires.
"""

import contextlib
import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
RUNNING = Path("/run/systemctl")
SYSTEMDS_OWN = {"systemd-journald"}  # where there is no systemd, nobody keeps its journal


def read(name):
    """The unit's lines by key; ``a@b.service`` is ``a@.service`` with ``%i`` for b."""
    name = name if "." in name else f"{name}.service"
    template = re.sub(r"@[^.]*\.", "@.", name)
    instance = re.search(r"@([^.]*)\.", name)
    for folder in FOLDERS:
        place = Path(folder, template)
        if place.exists():
            text = place.read_text(encoding="utf-8").replace("%i", instance[1] if instance else "")
            found = {}
            for key, value in re.findall(r"^(\w+)=(.*)$", re.sub(r"\\\n", " ", text), re.MULTILINE):
                found.setdefault(key, []).append(value)
            return found
    sys.exit(f"Unit {name} not found.")


def environment(unit):
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    env |= dict(one.split("=", 1) for line in unit.get("Environment", ()) for one in shlex.split(line))
    for place in unit.get("EnvironmentFile", ()):
        for line in Path(place.lstrip("-")).read_text(encoding="utf-8").splitlines():
            if re.match(r"\w+=", line):
                env |= [line.split("=", 1)]
    return env


def run(unit, line, *, wait, log):
    user = pwd.getpwnam(unit.get("User", ["root"])[0])
    for name in unit.get("RuntimeDirectory", ()):
        Path("/run", name).mkdir(exist_ok=True)
        os.chown(Path("/run", name), user.pw_uid, user.pw_gid)
    words = shlex.split(line.lstrip("-+"))
    started = subprocess.Popen(
        words,
        env={**environment(unit), "HOME": user.pw_dir},
        cwd=unit.get("WorkingDirectory", ["/"])[0],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=os.getgrouplist(user.pw_name, user.pw_gid),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    if wait and started.wait() and not line.startswith("-"):
        sys.exit(f"{words[0]} ended with {started.returncode}")
    return started.pid


def start(name):
    unit = read(name)
    for other in " ".join([*unit.get("Wants", ()), *unit.get("Requires", ())]).split():
        if other.startswith("jieti") and not other.endswith(".timer"):
            start(other)
    mark = RUNNING / name.removesuffix(".service")
    if mark.exists() or "ExecStart" not in unit:
        return
    with (RUNNING / f"{mark.name}.log").open("ab") as log:
        for line in unit.get("ExecStartPre", ()):
            run(unit, line, wait=True, log=log)
        wait = unit.get("Type", ["simple"])[0] in {"oneshot", "forking"}
        mark.write_text(str(run(unit, unit["ExecStart"][0], wait=wait, log=log)))
    if not wait:
        time.sleep(0.5)


def stop(name):
    mark = RUNNING / name.removesuffix(".service")
    if not mark.exists():
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(mark.read_text()), signal.SIGTERM)
    mark.unlink()
    time.sleep(2)


def main(verb, *names):
    RUNNING.mkdir(exist_ok=True)
    for name in (one for one in names if one not in SYSTEMDS_OWN):
        if verb == "restart":
            stop(name)
        if verb in {"start", "restart"} or (verb == "enable" and "--now" in sys.argv):
            start(name)


if __name__ == "__main__":
    main(*(word for word in sys.argv[1:] if not word.startswith("-")))
