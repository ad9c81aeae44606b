"""Several at once: each act in a thread and on a connection of its own."""

import contextlib
import threading

from django.db import connection, models, transaction

PATIENCE = 30  # seconds


def at_once(*acts):
    """All begin at the same moment; what each was answered, in their order: its result, or the name of what it raised."""
    barrier, answers = threading.Barrier(len(acts), timeout=PATIENCE), [None] * len(acts)

    def go(place, act):
        try:
            barrier.wait()
            answers[place] = act()
        except Exception as refusal:
            answers[place] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(place, act)) for place, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)
    return answers


def before_one_commits(*acts):
    """As ``at_once``, each in a transaction that ends when all have done their deed, or wait for this one."""
    done = threading.Barrier(len(acts), timeout=1)

    def whole(act):
        with transaction.atomic():
            answer = act()
            with contextlib.suppress(threading.BrokenBarrierError):  # another waits for this one
                done.wait()
        return answer

    return at_once(*(lambda act=act: whole(act) for act in acts))


def unlock(monkeypatch, model):
    """The mutant that locks no row of this table."""
    locking = models.QuerySet.select_for_update

    def select_for_update(rows, *how, **more):
        return rows.all() if rows.model is model else locking(rows, *how, **more)

    monkeypatch.setattr(models.QuerySet, "select_for_update", select_for_update)
