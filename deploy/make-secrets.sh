#!/bin/sh
# Makes every password and key of a new province, once; what is there stays as it is.
#   sh deploy/make-secrets.sh                            for compose, into deploy/secrets/
#   sh deploy/make-secrets.sh /etc/jieti/secrets here    for services on this machine
# Keep a copy of jieti_keys and jieti_hash_key apart from the backups: without them phones cannot be read again.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
if [ "${2:-}" = here ]; then database=127.0.0.1 broker=127.0.0.1; else database=postgres broker=redis; fi
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 96 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c "$1"; }
fresh() { # fresh NAME CONTENT: whole or not at all, and never twice
  [ -s "$folder/$1" ] && return
  printf '%s\n' "$2" > "$folder/.$1.new"
  chmod 444 "$folder/.$1.new" # the folder is closed; in a container another user number reads the file
  mv "$folder/.$1.new" "$folder/$1"
}
fresh secret_key "$(random 64)"
fresh jieti_keys "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
fresh jieti_hash_key "$(random 40)"
fresh jieti_signing_key "$(head -c 32 /dev/urandom | base64)"
for name in postgres jieti backup redis elastic; do fresh "${name}_password" "$(random 32)"; done
fresh database_url "postgresql://jieti:$(cat "$folder/jieti_password")@$database:5432/jieti"
fresh jieti_backup_url "postgresql://jieti_backup:$(cat "$folder/backup_password")@$database:5432/jieti"
fresh broker_url "redis://:$(cat "$folder/redis_password")@$broker:6379/0"
if [ "${2:-}" = here ]; then
  chgrp jieti "$folder" && chmod 750 "$folder"
else
  elastic=$(cat "$folder/elastic_password")
  fresh elasticsearch_url "http://elastic:$elastic@search1:9200,http://elastic:$elastic@search2:9200,http://elastic:$elastic@search3:9200"
fi
echo "$folder"
