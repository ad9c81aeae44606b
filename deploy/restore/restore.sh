#!/bin/sh
# In the container "restore": jieti restore into a volume of PostgreSQL that is empty, and the right owners after it.
# The words are those of jieti restore: --part database, --until '2026-11-22 14:04:59', --identity /identity.age …
set -eu
new=${JIETI_NEW:-/var/lib/postgresql/new}
backups=${JIETI_BACKUP:-/var/backups/jieti}
var=${JIETI_VAR:-/var/lib/jieti}

left=$(ls -A "$new" | grep -vx 'lost+found' || true)
if [ -n "$left" ]; then
  echo "这个数据库卷不是空的，不会覆盖：在 deploy/.env 里给 JIETI_POSTGRES_VOLUME 换一个没有用过的名字。" >&2
  echo "This volume is not empty and is not overwritten: name another with JIETI_POSTGRES_VOLUME in deploy/.env." >&2
  exit 2
fi

said=0
jieti restore "$backups" --data "$new/data" "$@" || said=$?

if [ -d "$new/data" ]; then # the image of PostgreSQL wants its files at the volume's own root
  find "$new/data" -mindepth 1 -maxdepth 1 -exec mv {} "$new/" \;
  rmdir "$new/data"
  rm -f "$new/recovery.log"
  chown -R 999:999 "$new"
  chmod 700 "$new"
fi
for kind in media private; do
  if [ -d "$var/$kind" ]; then chown -R 10001:10001 "$var/$kind"; fi
done
exit "$said"
