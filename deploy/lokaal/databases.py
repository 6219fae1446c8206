"""Databases en rollen: per dienst een eigen database, een eigenaar voor migraties en een rol voor rijen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from deploy.lokaal.fouten import VERKEERD_GEBRUIK, LokaalFout
from deploy.lokaal.poorten import ADRES
from deploy.lokaal.postgres import BEHEERDER, HOOFDVERSIE, Postgres
from deploy.lokaal.staat import Staat

_NAAM = re.compile(r"[a-z][a-z0-9_]{0,50}")


def url(poort: int, staat: Staat, database: str, rol: str) -> str:
    """Het verbindingsadres van een rol; het wachtwoord komt uit de staat."""
    return f"postgresql://{rol}:{quote(staat.wachtwoord(rol), safe='')}@{ADRES}:{poort}/{database}"


def rollen(dienst: str) -> tuple[str, str]:
    """De eigenaar (migraties) en de toepassing (rijen) van een dienst."""
    return f"{dienst}_eigenaar", f"{dienst}_app"


def controleer_versie(server: Postgres, staat: Staat) -> None:
    """Raises LokaalFout als de server niet van hoofdversie 18 is (het pakket draagt er twee)."""
    versie = server.psql(staat.wachtwoord(BEHEERDER), "show server_version")
    if versie.split(".")[0] != str(HOOFDVERSIE):
        raise LokaalFout(f"PostgreSQL is versie {versie}; nodig is {HOOFDVERSIE}.")


def maak(server: Postgres, staat: Staat, namen: Sequence[tuple[str, str]], sjabloon: str | None = None) -> None:
    """Maak databases met hun rollen, voor zover ze er nog niet zijn; ``namen`` = (database, dienst).

    Raises:
        LokaalFout: een naam is geen kleine letters, cijfers en lage strepen (status 2), of PostgreSQL weigert.
    """
    for naam in (*(deel for paar in namen for deel in paar), *([sjabloon] if sjabloon else [])):
        if not _NAAM.fullmatch(naam):
            raise LokaalFout(f"{naam!r} is geen naam voor een database.", VERKEERD_GEBRUIK)
    sql = []
    for dienst in dict.fromkeys(dienst for _, dienst in namen):
        for rol in rollen(dienst):
            opties = f"login password ''{staat.wachtwoord(rol)}''"
            sql.append(
                f"select 'create role {rol} {opties}' where not exists"  # noqa: S608
                f" (select from pg_roles where rolname = '{rol}') \\gexec"
            )
    uit = f" template {sjabloon}" if sjabloon else ""
    for database, dienst in namen:
        eigenaar, app = rollen(dienst)
        sql += [
            f"select 'create database {database} owner {eigenaar}{uit}' where not exists"  # noqa: S608
            f" (select from pg_database where datname = '{database}') \\gexec",
            f"revoke connect, temporary on database {database} from public;",
            f"grant connect on database {database} to {app};",
        ]
    server.psql(staat.wachtwoord(BEHEERDER), "\n".join(sql) + "\n")


def verwijder(server: Postgres, staat: Staat, database: str) -> None:
    """Verwijder een database en verbreek wie erop zit; ontbreekt zij, dan gebeurt er niets."""
    if not _NAAM.fullmatch(database):
        raise LokaalFout(f"{database!r} is geen naam voor een database.", VERKEERD_GEBRUIK)
    server.psql(staat.wachtwoord(BEHEERDER), f"drop database if exists {database} with (force)")
