#!/bin/sh
# Bring what the tests of the database need: Debian's Postgres with its test tools where we may
# install them, pgmq as an extension of it, and the Supabase CLI. What is missing afterwards is
# named by the tests themselves.
set -eu
python=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
wanted=
[ -x /usr/lib/postgresql/15/bin/postgres ] || wanted="$wanted postgresql-15"
extensions=/usr/share/postgresql/15/extension
[ -f $extensions/pgtap.control ] || wanted="$wanted postgresql-15-pgtap"
[ -f $extensions/pg_cron.control ] || wanted="$wanted postgresql-15-cron"
[ -f $extensions/plpgsql_check.control ] || wanted="$wanted postgresql-15-plpgsql-check"
command -v pg_prove >/dev/null 2>&1 || wanted="$wanted libtap-parser-sourcehandler-pgtap-perl"
if [ -n "$wanted" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  # A Postgres that comes along as a tool of the tests must not start serving this computer.
  if [ ! -x /usr/lib/postgresql/15/bin/postgres ]; then
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/coveshot-tests.conf
  fi
  apt-get update -qq
  # shellcheck disable=SC2086 # several words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
fi
# The package brings pgmq as a script; as an extension it is created like on Supabase.
if [ -d $extensions ] && [ -w $extensions ]; then
  sql=$("$python" -c 'import importlib.resources as r; print(r.files("pgmq") / "sql")')
  version=$(grep -v '^#' "$sql/VERSION" | head -n 1)
  cp "$sql/pgmq.sql" "$extensions/pgmq--$version.sql"
  cat >$extensions/pgmq.control <<END
comment = 'Queues'
default_version = '$version'
schema = 'pgmq'
relocatable = false
superuser = false
END
fi
# The CLI is one program a platform; its package is there for Linux on x86.
if [ "$(uname -s) $(uname -m)" = "Linux x86_64" ]; then
  (cd "$root" && sh tests/clients/install.sh "$python" .data/supabase tests/ground) \
    || echo "Going on without the Supabase CLI."
fi
