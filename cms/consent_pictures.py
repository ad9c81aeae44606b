"""A picture's address knows of consents: who shows people is kept for a minute, who lost one is not there."""

import re

from django.db import connection

from catalog.serving import YEAR
from kernel import clock

MINUTE = 60
OURS = re.compile(r"c\d{6}")
# 0: must not be seen; 1: shows people, or nobody has said yet; 2: shows nobody. No row: no picture of ours.
STANDING = """
SELECT CASE
         WHEN answer.id IS NULL THEN 1
         WHEN answer.file_hash <> image.file_hash THEN 0
         WHEN NOT answer.people THEN 2
         WHEN (SELECT count(*) > 0 AND bool_and(
                        consent.for_photo AND consent.withdrawn_at IS NULL
                        AND consent.given_on <= %(today)s AND consent.until >= %(today)s)
                 FROM {schema}.cms_pictureanswer_consents AS signed
                 JOIN {schema}.cms_consent AS consent ON consent.id = signed.consent_id
                WHERE signed.pictureanswer_id = answer.id) THEN 1
         ELSE 0
       END
  FROM {schema}.wagtailimages_rendition AS rendition
  JOIN {schema}.wagtailimages_image AS image ON image.id = rendition.image_id
  LEFT JOIN {schema}.cms_pictureanswer AS answer ON answer.image_id = image.id
 WHERE rendition.file = %(name)s
"""


def keep_for(schema: str, name: str) -> int:
    """Seconds; goods' photos, which have consents of their own room, are none of ours."""
    if not name.startswith("images/") or not OURS.fullmatch(schema):
        return YEAR
    with connection.cursor() as cursor:
        cursor.execute(STANDING.format(schema=schema), {"today": clock.today(), "name": f"{schema}/{name}"})
        row = cursor.fetchone()
    return (0, MINUTE, YEAR)[row[0]] if row else 0
