from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "人员"

    def ready(self) -> None:
        from accounts import restoring, tasks  # noqa: F401  registers the sender of messages
        from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry
        from accounts.hashing import know_the_hashes
        from accounts.messages.rights import grant_messages
        from accounts.rights import county, own
        from accounts.rights.archives import COUNTY_EXPORT
        from accounts.roles import COORDINATOR, COUNTY_MANAGER, grant
        from accounts.services import resets  # noqa: F401  names its kind of inbox item
        from kernel import terms

        know_the_hashes()
        restoring.listen()
        grant_messages()
        own.register_holdings()
        county.register_parts()
        terms.add_terms(Path(__file__).parent / "data" / "terms.csv", {"account.goodbye": _("注销前的冷静期")})
        for role in (COUNTY_MANAGER, COORDINATOR):
            grant(role, COUNTY_EXPORT)
        see = "accounts.people.see"
        add_entry(Entry(PROVINCE_DESK, 40, _("人员"), "accounts:people", see))
        add_entry(Entry(COUNTY_DESK, 70, _("人员"), "accounts:county_people", see))
        add_entry(Entry(COUNTY_DESK, 95, _("全县资料"), "accounts:county_archive", COUNTY_EXPORT))
