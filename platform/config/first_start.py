"""What must be in the database before the platform is ready: ``python -m config.first_start prepare|demo|static``.

Every step may be repeated, and each start repeats them: a killed first start goes on where it was.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from config.environment import ROOT

Progress = Callable[[int, int, str], None]


def prepare() -> None:
    """Public tables, categories, every county's tables, static files."""
    bring_tables()
    load_categories()
    start_pages()
    gather_static()


def bring_tables() -> None:
    """All tables the first time; later what this release adds, and in a trial what it takes away too.

    On real servers the old release may still be at work: what takes away waits for ``jieti upgrade --contract``.
    """
    from django.conf import settings

    from tenants.upgrading.plan import is_fresh
    from tenants.upgrading.running import at_start

    if is_fresh():
        migrate_public()
        migrate_counties()
    else:
        make_cache_table()
        at_start(contracting=not settings.JIETI_PRODUCTION)


def migrate_public() -> None:
    from django.core.management import call_command

    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    make_cache_table()


def make_cache_table() -> None:
    from django.core.management import call_command

    call_command("createcachetable", verbosity=0)


def load_categories() -> None:
    from search.services import load_categories as load

    load()


def migrate_counties() -> None:
    """The template first, then every county; a county that fails keeps its old tables and is named."""
    from tenants import migrating, schemas

    if not schemas.applied(schemas.TEMPLATE):
        schemas.make_template()
    migrating.migrate_counties()


def start_pages() -> None:
    """What an older release did not give its counties: first pages, the province's step of approval, texts of cards."""
    from cms import starting

    starting.start_pages()
    starting.fill_in_cards()


def gather_static() -> None:
    """Hashed and compressed copies, made again only when a file changed."""
    from django.conf import settings
    from django.core.management import call_command

    if not settings.STATIC_ROOT:
        return
    place = Path(settings.STATIC_ROOT)
    mark = place.with_name(f"{place.name}.mark")
    now = _static_mark()
    if not mark.exists() or mark.read_text(encoding="utf-8") != now:
        # Nothing is cleared: the release before may still serve from this folder, by names with other hashes.
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(now, encoding="utf-8")


def _static_mark() -> str:
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for folder in sorted([*ROOT.glob("*/static"), *ROOT.glob("platform/*/static")]):
        for path in sorted(folder.rglob("*")):
            if path.is_file():  # by what is in them: a copied release has other times
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def open_demo() -> None:
    from django.conf import settings

    from demo.opening import open_demo_province, welcome

    open_demo_province(draw_progress)
    draft = settings.DEMO_MARK.with_suffix(".new")
    draft.write_text(welcome(), encoding="utf-8")
    draft.replace(settings.DEMO_MARK)


def draw_progress(done: int, total: int, title: str) -> None:
    """A bar on a terminal, a line for every tenth elsewhere."""
    filled = 30 * done // max(total, 1)
    line = f"[{'█' * filled}{'·' * (30 - filled)}] {done}/{total} {title}"
    if sys.stdout.isatty():
        print(f"\r\033[K{line}", end="\n" if done >= total else "", flush=True)
    elif done >= total or done % max(1, total // 10) == 0:
        print(line, flush=True)


def main(step: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    {"prepare": prepare, "demo": open_demo, "static": gather_static}[step]()


if __name__ == "__main__":
    main(sys.argv[1])
