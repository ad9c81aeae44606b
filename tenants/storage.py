"""Files of a county live below its own schema's name; of the province below ``public``."""

from django.db import connection

from kernel.whole_files import WholeFileStorage


class CountyMediaStorage(WholeFileStorage):
    """Names a file ``<schema>/…`` when it is saved, so that a row always says whose it is."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        schema = connection.schema_name
        if not name.startswith(f"{schema}/"):
            name = f"{schema}/{name}"
        return super().get_available_name(name, max_length=max_length)
