"""Which release this process is: two of them work on one database while it is upgraded."""

import hashlib

from config.environment import ROOT

NAMED = "jieti"


def release_mark() -> str:
    """Eight digits that change with the migrations of our rooms: by them two releases differ for the database."""
    found = [*ROOT.glob("*/migrations/[0-9]*.py"), *ROOT.glob("platform/*/migrations/[0-9]*.py")]
    names = "\n".join(sorted(f"{path.parts[-3]}.{path.stem}" for path in found))
    return hashlib.sha256(names.encode()).hexdigest()[:8]


def application_name() -> str:
    """What PostgreSQL knows our connections by."""
    return f"{NAMED} {release_mark()}"
