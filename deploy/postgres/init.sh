#!/bin/sh
# Once, when the database folder is new: the platform's user and database, and one that may only copy for backups.
# In a container the passwords come by files; by hand: JIETI_PASSWORD=… BACKUP_PASSWORD=… sh deploy/postgres/init.sh
set -eu
[ -z "${JIETI_PASSWORD_FILE:-}" ] || JIETI_PASSWORD=$(cat "$JIETI_PASSWORD_FILE")
[ -z "${BACKUP_PASSWORD_FILE:-}" ] || BACKUP_PASSWORD=$(cat "$BACKUP_PASSWORD_FILE")
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
  --set=jieti="$JIETI_PASSWORD" --set=backup="$BACKUP_PASSWORD" <<'SQL'
CREATE ROLE jieti LOGIN PASSWORD :'jieti';
CREATE ROLE jieti_backup LOGIN REPLICATION PASSWORD :'backup';
CREATE DATABASE jieti OWNER jieti TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE CONNECT ON DATABASE jieti FROM PUBLIC;
GRANT CONNECT ON DATABASE jieti TO jieti, jieti_backup;
GRANT pg_read_all_settings TO jieti_backup;
SQL
# The image lets nobody copy over the network; on a machine of your own write this line into pg_hba.conf yourself.
if [ -n "${PGDATA:-}" ] && [ -f "$PGDATA/pg_hba.conf" ]; then
  echo 'host replication jieti_backup samenet scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
