"""Starting a program so that it never outlives us (Linux: PR_SET_PDEATHSIG)."""

import ctypes
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
FILES = 4096  # open at once; PostgreSQL and a worker with many counties' photos need some hundreds
_libc = ctypes.CDLL(None, use_errno=True)


def open_more_files() -> None:
    """Debian's shells and units begin with a soft limit of 1024 below a far higher hard one; children inherit ours."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def die_with_parent(parent: int, with_signal: int) -> None:
    """In a fresh child: ask the kernel for a signal at the parent's end.

    The kernel forgets the wish at a change of user, so ask after such a change. The parent
    is the *thread* that forked: start children from a thread that stays.
    """
    _libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def enter_user_namespace(inner: int) -> None:
    """In a fresh child: see our own user as number ``inner``. Raises OSError where it is forbidden."""
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    Path("/proc/self/uid_map").write_text(f"{inner} {user} 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{inner} {group} 1")


def start(
    command: Sequence[str | Path],
    *,
    with_signal: int = signal.SIGKILL,
    become: Callable[[], None] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[Any] | int | None = None,
    complaints: IO[Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own that gets ``with_signal`` when we end, however we end.

    Its errors go where its output goes, or into ``complaints``.
    """
    parent = os.getpid()

    def prepare() -> None:
        if become is not None:
            become()
        die_with_parent(parent, with_signal)

    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=complaints or (subprocess.STDOUT if output is not None else None),
        env=dict(env) if env is not None else None,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=prepare,  # noqa: PLW1509 - the child only makes system calls before exec
    )


def end(process: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience: float = 10) -> None:
    """Ask, wait ``patience`` seconds, then insist."""
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def occupants(folder: Path) -> list[int]:
    """Processes that stand in a folder (PostgreSQL's stand in their data folder)."""
    place = folder.resolve()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cwd").readlink() == place:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
