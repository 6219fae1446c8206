"""Maanden, kwartalen en jaren, en welke maanden een meting leest.

Een maand is hier één geheel getal: jaar × 12 + (maand − 1); zo staat zij ook in het grootboek. De Nederlandse
kalenderdatum in de gegevens beslist, nooit een aankomsttijd.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banenspoor_contracts import Reeks


class Onjuist(ValueError):
    """Een selectie die niet kan; `code` en `titel` zijn voor de vrager."""

    def __init__(self, code: str, titel: str, detail: str = "") -> None:
        super().__init__(detail or titel)
        self.code, self.titel, self.detail = code, titel, detail


class Soort(StrEnum):
    """Hoe lang een periode is."""

    MAAND = "maand"
    KWARTAAL = "kwartaal"
    JAAR = "jaar"


MAANDEN_IN = {Soort.MAAND: 1, Soort.KWARTAAL: 3, Soort.JAAR: 12}
SOORT_VAN_REEKS = {Reeks.LOPEND: Soort.MAAND, Reeks.KWARTAAL: Soort.KWARTAAL, Reeks.JAARMETING: Soort.JAAR}
MEESTE_PERIODEN = 240
_VORM = re.compile(r"^(?P<jaar>(?:19|20|21)\d\d)(?:-(?:Q(?P<kwartaal>[1-4])|(?P<maand>0[1-9]|1[0-2])))?$")


def maandnummer(jaar: int, maand: int) -> int:
    """Het getal van een maand (`maand` 1 … 12)."""
    return jaar * 12 + maand - 1


def maand_van_tekst(tekst: str) -> int:
    """`JJJJ-MM` als getal."""
    return maandnummer(int(tekst[:4]), int(tekst[5:7]))


def maand_van_dag(dag: date) -> int:
    """De maand waarin een dag valt."""
    return maandnummer(dag.year, dag.month)


def tekst_van_maand(maand: int) -> str:
    """Een maand als `JJJJ-MM`."""
    return f"{maand // 12:04d}-{maand % 12 + 1:02d}"


def eerste_dag(maand: int) -> date:
    """De eerste dag van een maand."""
    return date(maand // 12, maand % 12 + 1, 1)


def laatste_dag(maand: int) -> date:
    """De laatste dag van een maand."""
    jaar, nummer = maand // 12, maand % 12 + 1
    return date(jaar, nummer, monthrange(jaar, nummer)[1])


def laatste_dag_kwartaal(maand: int) -> date:
    """De laatste dag van het kwartaal waarin een maand valt."""
    return laatste_dag(maand - maand % 3 + 2)


def dagen(maanden: Iterable[int]) -> int:
    """Het aantal kalenderdagen van een aantal maanden samen."""
    return sum(monthrange(maand // 12, maand % 12 + 1)[1] for maand in maanden)


@dataclass(frozen=True, slots=True, order=True)
class Periode:
    """Een maand, kwartaal of jaar; `eerste` is haar eerste maand."""

    soort: Soort
    eerste: int

    @property
    def maanden(self) -> range:
        """De maanden van de periode."""
        return range(self.eerste, self.eerste + MAANDEN_IN[self.soort])

    @property
    def jaar(self) -> int:
        """Het kalenderjaar waarin zij valt."""
        return self.eerste // 12

    @property
    def einde(self) -> date:
        """Haar laatste dag."""
        return laatste_dag(self.maanden[-1])

    def __str__(self) -> str:
        if self.soort is Soort.JAAR:
            return f"{self.jaar:04d}"
        if self.soort is Soort.KWARTAAL:
            return f"{self.jaar:04d}-Q{self.eerste % 12 // 3 + 1}"
        return tekst_van_maand(self.eerste)


def periode(tekst: str) -> Periode:
    """Leest `2023`, `2023-Q4` of `2023-12`; anders `Onjuist`."""
    gevonden = _VORM.match(tekst)
    if gevonden is None:
        raise Onjuist(
            "onjuiste_periode", "Onjuiste periode", f"{tekst!r} is geen maand, kwartaal of jaar: 2023-12, 2023-Q4, 2023"
        )
    jaar = int(gevonden["jaar"])
    if gevonden["kwartaal"]:
        return Periode(Soort.KWARTAAL, maandnummer(jaar, int(gevonden["kwartaal"]) * 3 - 2))
    if gevonden["maand"]:
        return Periode(Soort.MAAND, maandnummer(jaar, int(gevonden["maand"])))
    return Periode(Soort.JAAR, maandnummer(jaar, 1))


def perioden(reeks: Reeks, tekst: str) -> tuple[Periode, ...]:
    """Leest één periode of een bereik (`2021-Q1..2023-Q4`, beide einden tellen mee) van de soort die bij de reeks hoort."""
    van, streep, tot = tekst.partition("..")
    eerste, laatste = periode(van), periode(tot if streep else van)
    soort = SOORT_VAN_REEKS[reeks]
    if eerste.soort is not soort or laatste.soort is not soort:
        raise Onjuist(
            "andere_periode",
            "Andere soort periode dan de reeks heeft",
            f"De reeks {reeks} gaat per {soort}; {tekst!r} is dat niet.",
        )
    if laatste < eerste:
        raise Onjuist("onjuiste_periode", "Onjuiste periode", f"{tekst!r} eindigt voor zij begint.")
    alle = range(eerste.eerste, laatste.eerste + 1, MAANDEN_IN[soort])
    if len(alle) > MEESTE_PERIODEN:
        raise Onjuist("te_lang", "Te veel perioden", f"Hoogstens {MEESTE_PERIODEN} perioden in één vraag.")
    return tuple(Periode(soort, begin) for begin in alle)
