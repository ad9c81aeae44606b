"""What the worker does for pages."""

from celery import shared_task

from cms import consents, scheduling


@shared_task(name="cms.publish_due", ignore_result=True)
def publish_due() -> int:
    return len(scheduling.publish_due())


@shared_task(name="cms.end_consents", ignore_result=True)
def end_consents() -> int:
    return consents.end_due()
