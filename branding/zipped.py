"""A zip whose members say when they were made: the same files give the same bytes."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

from kernel import clock

Moment = datetime | date
EARLIEST = 1980  # the zip format knows no year before


def zipped(members: Iterable[tuple[str, Moment, bytes]]) -> bytes:
    """Name, when it was made, content. A moment is told in China's time, a day at its midnight."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as box:
        for name, moment, data in members:
            box.writestr(zipfile.ZipInfo(name, _clock(moment)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def newest(moments: Iterable[Moment]) -> Moment:
    """The last of them, days and moments alike."""
    return max(moments, key=_clock)


def _clock(moment: Moment) -> tuple[int, int, int, int, int, int]:
    if isinstance(moment, datetime):
        here = moment.astimezone(clock.SHANGHAI)
        return (max(here.year, EARLIEST), here.month, here.day, here.hour, here.minute, here.second)
    return (max(moment.year, EARLIEST), moment.month, moment.day, 0, 0, 0)
