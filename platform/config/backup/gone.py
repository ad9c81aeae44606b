"""Who said goodbye and which consents were withdrawn, beside the backups: an older moment brings back neither.

Opaque numbers and moments only, never a name or a phone. A line for each, appended and made sure of; what a power
cut tore is no line. As long as the oldest base is kept, no longer.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from config.backup.packing import PART
from config.backup.store import Store
from kernel.whole_files import make_sure

GONE = "gone.jsonl"
PERSON, CONSENT = "person", "consent"
Line = tuple[str, ...]  # its last word is the moment


def read(path: Path) -> list[Line]:
    found = []
    for text in path.read_bytes().split(b"\n") if path.exists() else []:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, list) and len(line) in {3, 5} and all(isinstance(word, str) for word in line):
            found.append(tuple(line))
    return found


def append(path: Path, lines: list[Line]) -> None:
    """Begins on a line of its own, whatever a killed writer left behind."""
    if not lines:
        return
    text = "".join("\n" + json.dumps(line) for line in lines) + "\n"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    make_sure(path.parent)


def forget_before(path: Path, moment: datetime) -> None:
    lines = read(path)
    kept = [line for line in lines if datetime.fromisoformat(line[-1]) >= moment]
    if len(kept) < len(lines):
        draft = path.with_name(path.name + PART)
        draft.unlink(missing_ok=True)
        append(draft, kept) if kept else draft.touch(0o600)
        draft.replace(path)
        make_sure(path.parent)


def note_gone(store: Store) -> None:
    """What has newly gone since the oldest base. Raises DatabaseError or OSError; the next round tries again."""
    bases = store.bases()
    if not bases:
        return
    path, since = store.folder / GONE, min(base.began for base in bases)
    forget_before(path, since)
    known = {(*line[:3], line[-1]) if line[0] == CONSENT else line for line in read(path)}
    append(path, [*_people(since, known), *_consents(since, known)])


def _people(since: datetime, known: set[Line]) -> list[Line]:
    from accounts.models import User

    left = User.objects.filter(left_at__gte=since).values_list("username", "left_at")
    lines = [(PERSON, number, at.isoformat()) for number, at in left if at]
    return [line for line in lines if line not in known]


def _consents(since: datetime, known: set[Line]) -> list[Line]:
    """With the moment it was recorded: after a restore the same number may be given to another consent."""
    from cms.models import Consent
    from kernel.models import AuditEntry
    from tenants.models import County
    from tenants.scope import county_scope

    lines: list[Line] = []
    said = AuditEntry.objects.filter(action="consent.withdraw", at__gte=since)
    for code, number, at in said.values_list("county_code", "object_id", "at"):
        if (CONSENT, code, number, at.isoformat()) in known or not number.isdecimal():
            continue
        county = County.objects.filter(code=code, schema_state__isnull=False).first()
        if county is None:
            continue
        with county_scope(county):
            consent = Consent.objects.filter(pk=int(number)).first()
        if consent is not None:
            lines.append((CONSENT, code, number, consent.recorded_at.isoformat(), at.isoformat()))
    return lines


def let_go_again(path: Path) -> tuple[int, int, list[str]]:
    """In the restored province, by the same services: how many people, how many consents, and what a person must do."""
    lines, troubles = read(path), list[str]()
    people = sum(_person_goes(line[1], troubles) for line in lines if line[0] == PERSON)
    consents = sum(_consent_goes(*line[1:4]) for line in lines if line[0] == CONSENT and len(line) == 5)
    return people, consents, troubles


def _person_goes(number: str, troubles: list[str]) -> bool:
    from accounts.errors import CannotLeaveYet
    from accounts.models import User
    from accounts.rights import goodbye

    user = User.objects.filter(username=number, left_at__isnull=True).first()
    if user is None:
        return False
    try:
        goodbye.again(user)
    except CannotLeaveYet as wrong:
        troubles.append(f"注销过的人又在了：{wrong} 办完再运行 jieti person gone {user.pk} --name {user.name}")
        return False
    return True


def _consent_goes(code: str, number: str, recorded_at: str) -> bool:
    from cms import consents
    from cms.models import Consent
    from tenants.models import County
    from tenants.scope import county_scope

    county = County.objects.filter(code=code, schema_state__isnull=False).first()
    if county is None:
        return False
    with county_scope(county):
        same = Consent.objects.filter(pk=int(number), recorded_at=datetime.fromisoformat(recorded_at))
        consent = same.filter(withdrawn_at__isnull=True).first()
        if consent is not None:
            consents.withdraw_consent(consent, by=None, why="恢复备份以前本人已经撤回")
    return consent is not None
