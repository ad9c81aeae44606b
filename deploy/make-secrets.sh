#!/bin/sh
# Makes every password and key of a new province once, into deploy/secrets/ (or the folder that is named). What is there
# stays as it is. Keep a copy of `keys` and `hash_key` apart from the backups: without them phones cannot be read again.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 48 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c "$1"; }
fresh() { # fresh NAME CONTENT: whole or not at all, and never twice
  [ -s "$folder/$1" ] && return
  printf '%s\n' "$2" > "$folder/.$1.new"
  chmod 444 "$folder/.$1.new" # the folder is closed; in a container another user number reads the file
  mv "$folder/.$1.new" "$folder/$1"
}
fresh secret_key "$(random 48)$(random 16)"
fresh keys "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
fresh hash_key "$(random 40)"
for name in postgres jieti backup redis elastic; do fresh "${name}_password" "$(random 32)"; done
fresh database_url "postgresql://jieti:$(cat "$folder/jieti_password")@postgres:5432/jieti"
fresh backup_url "postgresql://jieti_backup:$(cat "$folder/backup_password")@postgres:5432/jieti"
fresh broker_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
elastic=$(cat "$folder/elastic_password")
fresh elasticsearch_url "http://elastic:$elastic@search1:9200,http://elastic:$elastic@search2:9200,http://elastic:$elastic@search3:9200"
echo "$folder"
