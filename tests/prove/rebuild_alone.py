"""``jieti search reindex`` in a process of its own, on the tests' database: DATABASE PREFIX URL."""

import sys


def main(database: str, prefix: str, url: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database
    settings.ELASTICSEARCH_PREFIX = prefix
    settings.ELASTICSEARCH_URLS = url.split(",")
    call_command("search", "reindex")


if __name__ == "__main__":
    main(*sys.argv[1:])
