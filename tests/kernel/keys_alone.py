"""``jieti keys …`` as a process of its own on the tests' database: DATABASE RING PRIVATE SLOW WORDS…

``SLOW`` seconds lie between two changed rows, so that a kill meets it in the middle.
"""

import sys
import time
from pathlib import Path


def main(database: str, ring: str, private: str, slow: str, *words: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from kernel import turning

    connections["default"].settings_dict["NAME"] = database
    settings.KEY_FILE, settings.PRIVATE_ROOT = ring, Path(private)
    anew = turning._anew

    def slowly(value: str, *, is_json: bool) -> str:
        time.sleep(float(slow))
        return anew(value, is_json=is_json)

    turning._anew = slowly
    print("ready", flush=True)
    call_command("keys", *words)


if __name__ == "__main__":
    main(*sys.argv[1:])
