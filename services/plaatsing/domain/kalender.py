"""Maanden (`JJJJ-MM`), kwartalen en dagen. Elke periode is half open: `[van, tot)`; `tot` leeg: loopt door."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAG = timedelta(days=1)


@lru_cache(maxsize=16384)
def maand_van(dag: date) -> str:
    """De maand waarin deze dag valt."""
    return f"{dag.year:04d}-{dag.month:02d}"


@lru_cache(maxsize=4096)
def eerste_dag(maand: str) -> date:
    """De eerste dag van de maand; ValueError als het geen maand is."""
    return date(int(maand[:4]), int(maand[5:]), 1)


@lru_cache(maxsize=4096)
def laatste_dag(maand: str) -> date:
    """De laatste dag van de maand."""
    dag = eerste_dag(maand)
    return date(dag.year, 12, 31) if dag.month == 12 else date(dag.year, dag.month + 1, 1) - DAG


@lru_cache(maxsize=4096)
def laatste_dag_kwartaal(maand: str) -> date:
    """De laatste dag van het kwartaal waarin de maand valt."""
    dag = eerste_dag(maand)
    return laatste_dag(f"{dag.year:04d}-{(dag.month + 2) // 3 * 3:02d}")


@lru_cache(maxsize=16384)
def dagen_per_maand(van: date, tot: date) -> tuple[tuple[str, int], ...]:
    """Elke maand met ten minste één dag in `[van, tot)`, op volgorde, met hoeveel dagen dat er zijn."""
    delen: list[tuple[str, int]] = []
    while van < tot:
        maand = maand_van(van)
        einde = min(laatste_dag(maand) + DAG, tot)
        delen.append((maand, (einde - van).days))
        van = einde
    return tuple(delen)


def geldt(van: date, tot: date | None, op: date) -> bool:
    """Valt de dag in de periode?"""
    return van <= op and (tot is None or op < tot)


def peildag(maand: str, tot: date | None) -> date:
    """De dag waarvan de kenmerken van een maand zijn: haar laatste, of die van de baan als zij eerder eindigt."""
    einde = laatste_dag(maand)
    return einde if tot is None or tot > einde else tot - DAG


def dag_in_nederland(moment: datetime) -> date:
    """De Nederlandse kalenderdatum van een moment met tijdzone."""
    return moment.astimezone(AMSTERDAM).date()
