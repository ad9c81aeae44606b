"""Once a minute: whatever the calendar has ended is ended, also where an outbox row was given up."""

from celery import shared_task

from campaigns import services


@shared_task(name="campaigns.end_due", ignore_result=True)
def end_due() -> int:
    return services.end_due()
