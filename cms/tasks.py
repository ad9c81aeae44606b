"""What the worker does for pages."""

from celery import shared_task

from cms import scheduling


@shared_task(name="cms.publish_due", ignore_result=True)
def publish_due() -> int:
    return len(scheduling.publish_due())
