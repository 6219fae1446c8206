"""Welke dagen geen werkdag zijn volgens de Algemene termijnenwet (BWBR0002448), als gedateerde regels (`feestdagen.csv`).

Dagen die de Koning daarnaast gelijkstelt (art. 3 lid 3) zijn een rij erbij.
"""

from datetime import date, timedelta
from functools import cache

from services.beoordeling.domain import gegevens

_DAG = timedelta(days=1)


def pasen(jaar: int) -> date:
    """Eerste Paasdag in de gregoriaanse kalender."""
    a, b, c = jaar % 19, jaar // 100, jaar % 100
    epacta = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekdag = (32 + 2 * (b % 4) + 2 * (c // 4) - epacta - c % 4) % 7
    m = (a + 11 * epacta + 22 * weekdag) // 451
    maand, dag = divmod(epacta + weekdag - 7 * m + 114, 31)
    return date(jaar, maand, dag + 1)


@cache
def feestdagen(jaar: int) -> frozenset[date]:
    """De algemeen erkende feestdagen van een jaar die doordeweeks kunnen vallen."""
    uit = set()
    for rij in gegevens.lees("feestdagen.csv"):
        if rij["vorm"] == "pasen":
            dag = pasen(jaar) + timedelta(days=int(rij["dag"]))
        else:
            dag = date.fromisoformat(f"{jaar}-{rij['dag']}")
        if gegevens.van(rij["van"]) <= dag < gegevens.tot(rij["tot"]):
            uit.add(dag)
    return frozenset(uit)


def werkdag(dag: date) -> bool:
    """Geen zaterdag, zondag of algemeen erkende feestdag."""
    return dag.weekday() < 5 and dag not in feestdagen(dag.year)


def eerstvolgende_werkdag(dag: date) -> date:
    """Deze dag, of de eerste werkdag erna (Algemene termijnenwet art. 1)."""
    while not werkdag(dag):
        dag += _DAG
    return dag
