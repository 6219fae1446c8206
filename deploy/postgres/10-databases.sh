#!/usr/bin/env bash
# Per dienst een database, een eigenaar (migraties) en een rol voor rijen. Adres, rol en wachtwoord komen uit één bestand per
# rol: /run/secrets/<dienst>_{eigenaar_,}database_url. Nog eens draaien zet de wachtwoorden gelijk met de bestanden.
set -euo pipefail

lees() { # lees NAAM: zet rol, wachtwoord en database
  local url
  [ -s "/run/secrets/$1" ] || { echo "geheim $1 ontbreekt of is leeg: make secrets" >&2; exit 2; }
  url=$(<"/run/secrets/$1")
  [[ $url =~ ^postgresql://([a-z_]+):([A-Za-z0-9_-]{16,})@[^/]+/([a-z_]+)$ ]] ||
    { echo "geheim $1: verwacht postgresql://rol:wachtwoord@adres:poort/database" >&2; exit 2; }
  rol=${BASH_REMATCH[1]} wachtwoord=${BASH_REMATCH[2]} database=${BASH_REMATCH[3]}
}

for dienst in intake beoordeling plaatsing telling; do
  lees "${dienst}_eigenaar_database_url"
  eigenaar=$rol eigenaar_wachtwoord=$wachtwoord
  lees "${dienst}_database_url"
  psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --host /var/run/postgresql --username "${POSTGRES_USER:-postgres}" --dbname postgres <<SQL
set log_statement = none;
set log_min_error_statement = panic;
select 'create role $eigenaar' where not exists (select from pg_roles where rolname = '$eigenaar') \gexec
select 'create role $rol' where not exists (select from pg_roles where rolname = '$rol') \gexec
alter role $eigenaar login password '$eigenaar_wachtwoord';
alter role $rol login password '$wachtwoord';
select 'create database $database owner $eigenaar' where not exists (select from pg_database where datname = '$database') \gexec
revoke connect, temporary on database $database from public;
grant connect on database $database to $rol;
SQL
  echo "database $database met $eigenaar en $rol"
done
