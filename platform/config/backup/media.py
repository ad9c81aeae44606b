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


@dataclass(frozen=True)
class MediaCopy:
    name: str
    files: int
    bytes: int
    fresh: int


def copy_media(
    store: Store, roots: Mapping[str, Path], recipient: Recipient | None, at: datetime, known: Path
) -> MediaCopy:
    """Copy what is not in the store yet and write the list of this moment.

    ``known`` is a small note of this machine's own. Raises Refusal when a whole root is gone that held files.
    """
    with store.taken("media", patience=600):
        before = _known(known)
        _must_be_there(roots, before)
        listing: Listing = {}
        fresh = 0
        for name, path in _files(roots):
            entry, is_new = _keep(store, path, recipient, before.get(name))
            if entry is not None:
                listing[name] = entry
                fresh += is_new
        stamp = stamp_of(at)
        if listing != before or not any(store.lists.iterdir()):
            _write_list(store.lists / f"{stamp}.json", listing, recipient)
            _remember(known, listing)
    return MediaCopy(stamp, len(listing), sum(size for _sum, size, _at in listing.values()), fresh)


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
    for kind, root in roots.items():
        if not root.is_dir() and any(name.startswith(f"{kind}/") for name in before):
            raise Refusal(
                f"{root} 不见了，里面原来有文件；没有挂上的盘不能当成空的来备份。",
                f"{root} is gone and held files: a disk that is not mounted is not backed up as an empty one.",
            )


def _known(path: Path) -> Listing:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return {
            name: (str(entry[0]), int(entry[1]), int(entry[2])) for name, entry in json.loads(path.read_text()).items()
        }
    return {}


def _remember(path: Path, listing: Listing) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + PART)
    draft.write_text(json.dumps(listing), encoding="utf-8")
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
