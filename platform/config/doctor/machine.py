"""Before the installation: what any machine must have."""

import ctypes
import http.client
import importlib.metadata
import locale
import os
import re
import resource
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.doctor.line import Line, good, mend, unknown
from config.environment import ROOT, Environment
from config.processes import FILES

GIGABYTE = 1024**3
DISK, MEMORY = 5 * GIGABYTE, 2 * GIGABYTE
LOCK = ROOT / "requirements.lock"
UNSYNCHRONISED = 0x0040  # STA_UNSYNC of adjtimex(2)
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)")


def python() -> Iterator[Line]:
    version = sys.version.split()[0]
    if sys.version_info >= (3, 11):  # noqa: UP036 - the doctor may be run by another Python than the one installed for
        yield good("python", f"Python {version}。", f"Python {version}.")
    else:
        yield mend(
            "python",
            f"Python {version} 太旧。",
            f"Python {version} is too old.",
            "装 3.11 或更新。",
            "Install 3.11 or newer.",
        )


def packages() -> Iterator[Line]:
    """What the lock file names against what is installed, for what the platform itself asks for."""
    if not LOCK.exists():
        yield unknown("packages", "没有锁定文件可比。", "There is no lock file to compare with.")
        return
    lock = LOCK.read_text(encoding="utf-8").splitlines()
    pinned = {found[1].lower(): found[2] for line in lock if (found := PINNED.match(line))}
    wrong = [name for name in _wanted() if pinned.get(name) and _installed(name) != pinned[name]]
    if wrong:
        names = ", ".join(sorted(wrong)[:5])
        yield mend(
            "packages",
            f"{len(wrong)} 个依赖和锁定的不一样：{names}。",
            f"{len(wrong)} packages differ from the lock: {names}.",
            "运行 pip install --require-hashes -r requirements.lock。",
            "Run pip install --require-hashes -r requirements.lock.",
        )
    else:
        yield good("packages", "依赖和锁定的一样。", "The packages are those of the lock.")


def _wanted() -> list[str]:
    asked = importlib.metadata.requires("jieti") or []
    return [re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0].lower() for one in asked if "extra ==" not in one]


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def disk(environment: Environment) -> Iterator[Line]:
    place = standing(environment.var)
    usage = shutil.disk_usage(place)
    free = usage.free / GIGABYTE
    words = (f"{place} 所在的盘还有 {free:.1f} GB。", f"The disk of {place} has {free:.1f} GB free.")
    if usage.free >= DISK and usage.free >= usage.total * 0.05:
        yield good("disk", *words)
    else:
        yield mend(
            "disk",
            *words,
            "至少要 5 GB 和二十分之一；腾地方或者换盘。",
            "At least 5 GB and a twentieth: make room or use another disk.",
        )


def memory() -> Iterator[Line]:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    words = (f"内存 {total / GIGABYTE:.1f} GB。", f"{total / GIGABYTE:.1f} GB of memory.")
    if total >= MEMORY * 0.95:
        yield good("memory", *words)
    else:
        yield mend(
            "memory", *words, "至少要 2 GB；用 Elasticsearch 要 4 GB。", "At least 2 GB; 4 GB with Elasticsearch."
        )


def utf8() -> Iterator[Line]:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        yield mend(
            "locale",
            "系统没有 C.UTF-8。",
            "The system has no C.UTF-8.",
            "装 locales（或 libc-bin），再看 locale -a。",
            "Install locales (or libc-bin) and look at locale -a.",
        )
    else:
        yield good("locale", "系统有 C.UTF-8。", "The system has C.UTF-8.")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def folder(environment: Environment) -> Iterator[Line]:
    var = environment.var
    if trouble := trouble_writing(var):
        yield mend(
            "folder",
            f"写不进 {var}（{trouble}）。",
            f"Cannot write to {var} ({trouble}).",
            "让运行平台的用户拥有它，或者把 JIETI_VAR 设成别的文件夹。",
            "Let the platform's user own it, or set JIETI_VAR to another folder.",
        )
    else:
        yield good("folder", f"{var} 能写。", f"{var} can be written to.")


def trouble_writing(place: Path) -> str:
    """Written to and flushed, as every upload is; a folder that is not there yet is not made, its parent is asked."""
    try:
        with tempfile.NamedTemporaryFile(dir=standing(place), prefix=".doctor-") as probe:
            probe.write(b"x" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as wrong:
        return wrong.strerror or type(wrong).__name__
    return ""


def standing(place: Path) -> Path:
    """The folder itself, or the nearest above it that there is."""
    while not place.exists():
        place = place.parent
    return place


def files() -> Iterator[Line]:
    """How many files a process of ours may open: ``jieti`` itself has raised the soft limit as far as it may."""
    may = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    words = (f"一个进程最多开 {may} 个文件。", f"A process may open {may} files.")
    if may == resource.RLIM_INFINITY or may >= FILES:
        yield good("open_files", *words)
    else:
        yield mend(
            "open_files",
            *words,
            f"在 limits.conf 里把 nofile 放到 {FILES}。",
            f"Raise nofile to {FILES} in limits.conf.",
        )


def clock() -> Iterator[Line]:
    """A clock before this release is wrong for certain; whether somebody keeps it right the kernel knows."""
    made = Path(__file__).stat().st_mtime
    now = time.strftime("%Y-%m-%d %H:%M:%S")
    if time.time() < made - 86400:
        yield mend(
            "clock",
            f"时钟是 {now}，比程序还早。",
            f"The clock says {now}, before this release was made.",
            "装 chrony 对时。",
            "Install chrony.",
        )
    elif _synchronised():
        yield good("clock", f"时钟是 {now}，有人对时。", f"The clock says {now} and is kept.")
    else:
        yield unknown(
            "clock",
            f"时钟是 {now}，看不出有没有人对时。",
            f"The clock says {now}; whether it is kept cannot be seen.",
            "动态验证码差半分钟就不对；装 chrony。",
            "Codes of authenticators fail at half a minute: install chrony.",
        )


def _synchronised() -> bool:
    state = (ctypes.c_byte * 256)()  # struct timex, modes 0: only asked
    if ctypes.CDLL(None).adjtimex(state) < 0:
        return False
    return not int.from_bytes(bytes(state[40:44]), sys.byteorder) & UNSYNCHRONISED


def fonts() -> Iterator[Line]:
    """Hanzi in printed papers and on posters come from our own package."""
    import noto_cjk_sans_otc

    place = Path(str(noto_cjk_sans_otc.__file__)).parent
    found = [font for font in place.rglob("*") if font.suffix.lower() in {".otf", ".otc", ".ttc", ".ttf"}]
    if found and all(font.stat().st_size > 100_000 for font in found):
        yield good("fonts", "有汉字的字体。", "There is a font with hanzi.")
    else:
        yield mend(
            "fonts",
            "没有汉字的字体。",
            "There is no font with hanzi.",
            "重新装 noto-cjk-sans-otc。",
            "Install noto-cjk-sans-otc again.",
        )


def port(environment: Environment) -> Iterator[Line]:
    """Free, or held by the platform itself."""
    family = socket.AF_INET6 if ":" in environment.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.bind, environment.port))
            probe.listen(1)
        except OSError as taken:
            yield _holder(environment, taken.strerror or str(taken))
            return
    yield good("port", f"端口 {environment.port} 空着。", f"Port {environment.port} is free.")


def _holder(environment: Environment, why: str) -> Line:
    number = environment.port
    if _ours(environment):
        return good("port", f"平台在端口 {number} 上。", f"The platform is on port {number}.")
    return mend(
        "port",
        f"端口 {number} 用不了（{why}），占着它的不是平台。",
        f"Port {number} cannot be used ({why}) and it is not the platform that holds it.",
        f"看 ss -ltnp sport = :{number} 是谁，或者换一个 PORT。",
        f"Look who it is with ss -ltnp sport = :{number}, or choose another PORT.",
    )


def _ours(environment: Environment) -> bool:
    from config.commands.servers import web_trouble

    try:
        return not web_trouble(environment)
    except (OSError, http.client.HTTPException):
        return False
