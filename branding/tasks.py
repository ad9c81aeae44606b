"""What the worker does for branding by the clock."""

from celery import shared_task

from branding.services import packaging, watching


@shared_task(name="branding.release_packages", ignore_result=True)
def release_packages() -> int:
    """Checks overtaken by their print day go back; hand-overs that nobody answered in time are released."""
    return packaging.void_overtaken() + packaging.release_silent()


@shared_task(name="branding.watch_certificates", ignore_result=True)
def watch_certificates() -> int:
    """The days on which a certificate ends or its renewal begins, and a word comes into force."""
    told = watching.watch_certificates()
    watching.keep_keys_up()
    return told
