"""A suspended or archived county's goods and stories are taken from the window, a resumed one's put back."""

from typing import Any

from search import services
from tenants.services import county_archived, county_resumed, county_suspended


def listen() -> None:
    county_suspended.connect(close, dispatch_uid="search.suspended")
    county_archived.connect(close, dispatch_uid="search.archived")
    county_resumed.connect(reopen, dispatch_uid="search.resumed")


def close(sender: Any, county: Any, **kwargs: Any) -> None:
    services.hide_county(county.code)


def reopen(sender: Any, county: Any, **kwargs: Any) -> None:
    services.show_county(county.code)
