# Sourced by the scripts that need a PostgreSQL 15 of their own. Gives them $folder, gone when they end, $port and $postgres_version.
programs=/usr/lib/postgresql/15/bin
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
postgres_version=$($programs/postgres --version | awk '{ print $3 }')
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$folder"
stop() { as_postgres $programs/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT

# Starts it, with settings such as "-c shared_buffers=2GB".
start_postgres() {
  as_postgres $programs/initdb -D "$folder/data" -A trust -U postgres >/dev/null
  as_postgres $programs/pg_ctl -D "$folder/data" -w -l "$folder/log" -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off $*" start >/dev/null
}

# Settings for tables of 10 million rows.
large="-c shared_buffers=2GB -c max_wal_size=8GB -c maintenance_work_mem=1GB"
