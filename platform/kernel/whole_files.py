"""Files that are there whole or not at all: who is killed while writing leaves nothing under the file's name.

Django's own storage writes under the name itself. A picture torn that way would be taken for a finished one and
shown for ever.
"""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage

PART = ".part"
LONGEST = 24 * 3600  # seconds: nobody writes one file for a day


class WholeFileStorage(FileSystemStorage):
    """Writes beside, makes sure of it, then gives it its name in one step."""

    def _save(self, name: str, content: Any) -> str:
        beside = str(Path(name).with_name(f".{secrets.token_hex(8)}{PART}"))
        draft = Path(self.path(beside))
        try:
            super()._save(beside, content)  # type: ignore[misc]
            make_sure(draft)
            while not _named(draft, Path(self.path(name))):
                name = self.get_available_name(name)
            make_sure(draft.parent)
        finally:
            draft.unlink(missing_ok=True)
        return name.replace("\\", "/")


def forget_drafts() -> int:
    """Take away what killed writers left beside: half a photo of a farmer is a photo of a farmer."""
    before, taken = time.time() - LONGEST, 0
    for room in {Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT)}:
        for draft in room.rglob(f".*{PART}"):
            with suppress(FileNotFoundError):  # it was given its name meanwhile
                if draft.stat().st_mtime < before:
                    draft.unlink()
                    taken += 1
    return taken


def _named(draft: Path, path: Path) -> bool:
    """Give the draft its name; False where another has it, whose file must not be lost."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError:  # some network folders know no second names
        if path.exists():
            return False
        draft.rename(path)
    return True


def make_sure(path: Path) -> None:
    """Past this it survives a power cut; a folder's entry too."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
