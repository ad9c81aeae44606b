"""Which row each parameter of an address names."""

import re
from typing import Any

from tests.architecture.addresses import Address

REGEXES = {
    r"cms/pages/^(\d+)/revisions/compare/(live|earliest|\d+)\.\.\.(live|latest|\d+)/$": "cms/pages/<page_id>/revisions/compare/earliest...latest/",
    r"cms/^.*/$": "cms/no-such-door/",
    r"documents/^(\d+)/(.*)$": "documents/<document_id>/x.txt",
    r"^((?:[\w\-]+/)*)$": "story-<slug>/",
}
API = re.compile(r"cms/api/main/\^")


def path_of(address: Address, values: dict[str, Any]) -> str:
    route = API.sub("cms/api/main/", address.route)
    return Address(address.place, address.name, route).path(_values(address, values), _regexes(address))


def _regexes(address: Address) -> dict[str, str]:
    if not address.route.startswith("^media/"):
        return REGEXES
    photo = f"photos/{'0' * 32}-small.jpg" if "photos" in address.route else "images/none.jpg"
    return {address.route: f"media/c231086/{photo}"}


def _values(address: Address, rows: dict[str, Any]) -> dict[str, Any]:
    """Defaults by parameter name; an address that means another row by ``pk`` says so here."""
    pages = {name: rows.get("page_id", 0) for name in ("page_id", "page_to_move_id", "page_pk")}
    fixed = {
        "content_type_app_name": "cms",
        "content_type_model_name": "storypage",
        "app_label": "cms",
        "model_name": "storypage",
        "app_name": "taggit",
        "action": "publish",
        "action_name": "publish",
        "task_state_id": 1,
        "workflow_state_id": 1,
        "workflow_pk": 1,
        "task_id": rows.get("task", 1),
        "parent_page_id": rows.get("home", 1),
        "destination_id": rows.get("home", 1),
        "object_id": rows.get("page_id", 1),
        "session_id": 1,
        "redirect_id": 1,
        "collection_id": 1,
        "restriction_id": 1,
        "page_view_restriction_id": 1,
        "uploaded_file_id": 1,
        "doc_id": rows.get("document_id", 1),
        "filter_spec": "original",
        "uidb64": "MQ",
        "token": rows.get("token", "x"),
        "number": 1,
        "file_pk": 1,
        "pin_number": 1,
        "run_pk": 1,
        "side": "village",
        "paper": rows.get("package_paper", "00000000-0000-0000-0000-000000000001"),
        "code": "230184",
    }
    if address.route.startswith("desk/messages/"):
        fixed |= {"way": "sms"}
    if address.route.startswith("desk/brands/"):
        fixed |= {"code": "correction", "kind": "licence", "notice": 1}
    return {**fixed, **pages, **rows, "pk": _pk(address, rows)}


NO_PAPER = "00000000-0000-4000-8000-000000000000"
BY_PART = (
    ("desk/people/invitation/", "invitation"),
    ("desk/people/seat/", "seat"),
    ("desk/people/reset/", "reset"),
    ("desk/people/", "person"),
    ("desk/counties/import/", "list"),
    ("desk/jobs/", "job"),
    ("desk/messages/stop/", "message_stop"),
    ("desk/messages/", "message"),
    ("desk/producers/", "producer"),
    ("desk/brands/", "brand"),
    ("desk/packages/<int:pk>/edit/", "package_draft"),
    ("desk/packages/<int:pk>/photos/", "package_draft"),
    ("desk/packages/<int:pk>/submit/", "package_draft"),
    ("desk/packages/<int:pk>/sign/", "package_sign"),
    ("desk/packages/<int:pk>/refuse/", "package_sign"),
    ("desk/packages/", "package_round"),
    ("studio/", "package_round"),
    ("desk/endorsements/<int:pk>/end/", "word_standing"),
    ("desk/endorsements/<int:pk>/term/", "word_standing"),
    ("desk/endorsements/", "word_draft"),
    ("desk/consents/", "consent"),
    ("desk/pictures/", "image_id"),
    ("desk/stories/", "page_id"),
    ("cms/api/main/^pages/", "page_id"),
    ("cms/api/main/^documents/", "document_id"),
    ("cms/api/main/^images/", "image_id"),
    ("cms/documents/chooser/", "document_id"),
    ("cms/images/chooser/", "image_id"),
    ("cms/workflows/tasks/", "task"),
    ("cms/sites/", "site"),
    ("cms/users/", "person"),
    ("desk/products/<int:pk>/publish/", "waiting"),
    ("desk/products/<int:pk>/return/", "waiting"),
    ("desk/products/<int:pk>/take-back/", "waiting"),
    ("desk/products/<int:pk>/withdraw/", "sold"),
    ("desk/products/", "draft"),
)


def _pk(address: Address, rows: dict[str, Any]) -> Any:
    if "<uuid:pk>" in address.route:
        return rows.get("paper", NO_PAPER)
    for part, name in BY_PART:
        if address.route.startswith(part):
            return rows.get(name, 1)
    return 1
