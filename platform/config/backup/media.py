"""Photos and papers, each kept once under the sum of what is in it; a list says which name had which sum when.

Only what is new or changed is read. Papers are encrypted where they lie and are copied as they lie: the keys
that open them are never here.
"""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.backup.age import Opener, Recipient
from config.backup.packing import CHUNK, PART, Damaged, Packing, pack, plain_name, sum_of, unpacked
from config.backup.store import Store, moment_of, stamp_of
from config.refusal import Refusal

Entry = tuple[str, int, int]  # sum, bytes, time of change in nanoseconds
Listing = dict[str, Entry]
TRIES = 3
KNOWN = "media.known"  # what this machine saw last: sealed lists cannot be read again where they are made
MANY = 20  # files of a root; of fewer, most may go in a day without anything being wrong
NOT_OURS = frozenset({"lost+found"})


@dataclass(frozen=True)
class Known:
    """What was seen last, and the sum of the list that says so: another disk's newest list is another."""

    files: Listing
    list_sum: str = ""


@dataclass(frozen=True)
class MediaCopy:
    name: str
    files: int
    bytes: int
    fresh: int


def copy_media(
    store: Store,
    roots: Mapping[str, Path],
    recipient: Recipient | None,
    at: datetime,
    known: Path,
    *,
    even_emptied: bool = False,
) -> MediaCopy:
    """Copy what is not in the store yet and write the list of this moment.

    ``known`` is a small note of this machine's own. Raises Refusal when a whole root is gone or empty that held
    files, or lost most of them at once; ``even_emptied`` says that this is meant.
    """
    with store.taken("media", patience=600):
        note = _known(known)
        before = note.files
        if not even_emptied:
            _must_be_there(roots, before)
        listing: Listing = {}
        fresh = 0
        for name, path in _files(roots):
            entry, is_new = _keep(store, path, recipient, before.get(name))
            if entry is not None:
                listing[name] = entry
                fresh += is_new
        if not even_emptied:
            _must_have_stayed(store, roots, before, listing)
        stamp = stamp_of(at)
        if listing != before or not note.list_sum or note.list_sum != _newest_sum(store):
            _write_list(store.lists / f"{stamp}.json", listing, recipient)
            _remember(known, Known(listing, _newest_sum(store)))
    return MediaCopy(stamp, len(listing), sum(size for _sum, size, _at in listing.values()), fresh)


def _newest_sum(store: Store) -> str:
    return "".join(sum_of(path) for path in lists(store)[-1:])


def _keep(store: Store, path: Path, recipient: Recipient | None, before: Entry | None) -> tuple[Entry | None, bool]:
    """A file that is written to while we read it is read again; one that is gone meanwhile is gone."""
    for _attempt in range(TRIES):
        with contextlib.suppress(FileNotFoundError):
            facts = path.stat()
            if before and before[1:] == (facts.st_size, facts.st_mtime_ns) and has_object(store, before[0]):
                return before, False
            digest = sum_of(path)
            entry = (digest, facts.st_size, facts.st_mtime_ns)
            if has_object(store, digest):
                return entry, False
            if _put(store, path, digest, recipient):
                return entry, True
    return None, False


def _put(store: Store, path: Path, digest: str, recipient: Recipient | None) -> bool:
    place = object_path(store, digest)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    packing = Packing(place, recipient)
    seen = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                seen.update(piece)
                packing.write(piece)
        if seen.hexdigest() != digest:
            packing.give_up()
            return False
        packed = packing.close()
    except BaseException:
        packing.give_up()
        raise
    written = place.parent / packed.name
    if sum_of(written) != packed.sha256:
        written.unlink()
        raise Damaged(written, "what lies on the disk is not what was written")
    return True


def object_path(store: Store, digest: str) -> Path:
    return store.objects / digest[:2] / digest


def has_object(store: Store, digest: str) -> bool:
    return find_object(store, digest) is not None


def find_object(store: Store, digest: str) -> Path | None:
    place = object_path(store, digest)
    for end in (".gz", ".gz.age"):
        path = place.with_name(place.name + end)
        if path.exists():
            return path
    return None


def _files(roots: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for kind, root in sorted(roots.items()):
        for folder, _folders, names in os.walk(root):
            for name in sorted(names):
                path = Path(folder) / name
                if path.is_file() and not path.is_symlink():
                    yield f"{kind}/{path.relative_to(root).as_posix()}", path


def _must_be_there(roots: Mapping[str, Path], before: Listing) -> None:
    """A mount point without its disk is an empty folder; one whose files were deleted still has its folders."""
    for kind, root in roots.items():
        if _of_root(before, kind) and (not root.is_dir() or not {path.name for path in root.iterdir()} - NOT_OURS):
            raise Refusal(
                f"{root} 不见了或者空了，里面原来有文件；没有挂上的盘不能当成空的来备份。真是清空的：jieti backup --even-emptied。",
                f"{root} is gone or empty and held files: a disk that is not mounted is not backed up as an empty one. If it is meant: jieti backup --even-emptied.",
            )


def _must_have_stayed(store: Store, roots: Mapping[str, Path], before: Listing, now: Listing) -> None:
    """Another disk in the same place, or half of one; without a note of ours, what the backup itself says of files."""
    if not now and not before and any(_sums(path) for path in lists(store)[-1:]):
        raise Refusal(
            "备份里有照片和文件，这里一个也没有：盘没有挂上？真是清空的：jieti backup --even-emptied。",
            "The backup has files and there are none here: is a disk not mounted? If it is meant: jieti backup --even-emptied.",
        )
    for kind, root in roots.items():
        held = _of_root(before, kind)
        stayed = len(held & now.keys())
        if len(held) >= MANY and stayed * 2 < len(held):
            raise Refusal(
                f"{root} 里上次的 {len(held)} 个文件只剩 {stayed} 个，像是挂错了盘；真是删掉的：jieti backup --even-emptied。",
                f"Of the {len(held)} files {root} held, {stayed} are left: is it the right disk? If it is meant: jieti backup --even-emptied.",
            )


def _of_root(listing: Listing, kind: str) -> set[str]:
    return {name for name in listing if name.startswith(f"{kind}/")}


def _known(path: Path) -> Known:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        told = json.loads(path.read_text(encoding="utf-8"))
        entries = told.get("files", told)  # an earlier release noted the files alone
        files = {name: (str(entry[0]), int(entry[1]), int(entry[2])) for name, entry in entries.items()}
        return Known(files, str(told.get("list", "")))
    return Known({})


def _remember(path: Path, known: Known) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + PART)
    draft.write_text(json.dumps({"list": known.list_sum, "files": known.files}), encoding="utf-8")
    draft.replace(path)


def _write_list(path: Path, listing: Listing, recipient: Recipient | None) -> None:
    """The sums stand beside the list unsealed: who may not read the names must still know which files are needed."""
    sums = "\n".join(sorted({entry[0] for entry in listing.values()}))
    pack(io.BytesIO(sums.encode()), path.with_suffix(".sums"), None)
    pack(io.BytesIO(json.dumps(listing, ensure_ascii=False).encode()), path, recipient)


# --- lists ---------------------------------------------------------------------------------------


def _sums_of(path: Path) -> Path:
    return path.with_name(f"{path.name[:15]}.sums.gz")


def lists(store: Store) -> list[Path]:
    """Oldest first."""
    return sorted(path for path in store.lists.glob("*.json.gz*") if not path.name.endswith(PART))


def read_list(path: Path, *openers: Opener) -> Listing:
    with unpacked(path, *openers) as plain:
        try:
            return {name: tuple(entry) for name, entry in json.load(plain).items()}
        except ValueError as wrong:
            raise Damaged(path, "the list of files is damaged") from wrong


def lists_around(store: Store, until: datetime | None) -> list[Path]:
    """For the latest state the newest list; for a moment the one before and the one after it.

    A file made between two lists is in the later one, one removed between them in the earlier: more files than
    rows do no harm, rows without their file would.
    """
    known = lists(store)
    if until is None or not known:
        return known[-1:]
    stamp = stamp_of(until)
    earlier = [path for path in known if path.name[:15] <= stamp]
    later = [path for path in known if path.name[:15] > stamp]
    return earlier[-1:] + later[:1]


def forget_lists(store: Store, keep_since: datetime, moments: Iterable[datetime]) -> int:
    """Lists older than the oldest moment one can go back to stay only beside a kept base."""
    stay = set()
    known = lists(store)
    for moment in moments:
        stay |= set(lists_around(store, moment))
    gone = [path for path in known[:-1] if moment_of(path.name) < keep_since and path not in stay]
    for path in gone:
        path.unlink()
        _sums_of(path).unlink(missing_ok=True)
    return len(gone)


def forget_objects(store: Store) -> int:
    """Files that no list names any more. Call it where nobody copies media meanwhile."""
    known = lists(store)
    if not known:
        return 0
    named = {digest for path in known for digest in _sums(path)}
    gone = 0
    for path in store.objects.glob("??/*"):
        if plain_name(path) not in named and not path.name.endswith(PART):
            path.unlink()
            gone += 1
    return gone


def missing_objects(store: Store) -> list[str]:
    """Files the newest list names and the store does not have."""
    newest = lists(store)[-1:]
    return [digest for path in newest for digest in _sums(path) if not has_object(store, digest)]


def _sums(path: Path) -> list[str]:
    with unpacked(_sums_of(path)) as plain:
        return plain.read().decode().split()
