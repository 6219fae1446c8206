"""Een synthetische bevolking waarvan de uren precies optellen tot een opgegeven totaal. Alles hier is verzonnen.

De BSN's komen uit de reeks 9999xxxxx, die voor proeven wordt gebruikt. Geen enkele regel is een sluitpost: het totaal
wordt over alle regels van een kolom verdeeld met cumulatief afronden.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import Any

from stdnum.nl import bsn as elfproef

Rij = dict[str, Any]
MAX_MAAND = 20_000
"""Hoogstens 200 uur per plaatsing per maand (honderdsten)."""
BAAN_KWARTAAL = 33_275
"""De uren van één baan in een kwartaal: 1331/4 (honderdsten)."""
GRONDSLAGEN = ("PW_INDICATIE", "PW_PRAKTIJKROUTE", "WAJONG_NIEUW", "WAJONG_OUD", "VSO_PRO", "WSW")


@dataclass(frozen=True, slots=True)
class Kolom:
    """Eén kolom van de kwartaalreeks: `markt` of `overheid` formeel, of `inleen`; met haar totaal in honderdsten uren."""

    naam: str
    uren_x100: int


@dataclass(slots=True)
class Bevolking:
    """De rijen van de vier bestanden, in de volgorde waarin zij geladen worden."""

    registraties: list[Rij] = field(default_factory=list)
    werkgevers: list[Rij] = field(default_factory=list)
    plaatsingen: list[Rij] = field(default_factory=list)
    uren: list[Rij] = field(default_factory=list)

    def bestanden(self) -> Mapping[str, list[Rij]]:
        """Soort → rijen."""
        return {
            "registraties": self.registraties,
            "werkgevers": self.werkgevers,
            "plaatsingen": self.plaatsingen,
            "uren": self.uren,
        }


def maak(
    kolommen: Sequence[Kolom], gemeenten: Sequence[str], jaar: int, kwartaal: int, *, zaad: int = 1, bekend_op: str = ""
) -> Bevolking:
    """Verzint personen, banen en uren voor één kwartaal; de tellende uren per kolom zijn precies `uren_x100`.

    Eén op de tien banen heeft tijdvakken van vier weken, één op de twintig personen heeft twee banen, en er zijn banen
    die niet meetellen (beschut werk, proefplaatsing, niet geregistreerd). `bekend_op` (datum) maakt er historie van.
    """
    loting = random.Random(zaad)  # noqa: S311  # herhaalbaar, geen geheim
    uit = Bevolking()
    nummers = _bsns(loting)
    for nr in range(1, 61):
        sector = "overheid" if nr % 4 == 0 else "markt"
        sub = loting.choice(("gemeente", "rijk", "wo", "provincie")) if sector == "overheid" else ""
        uit.werkgevers.append({"werkgever": _werkgever(nr), "sector": sector, "subsector": sub, "van": "2010-01-01"})
    for kolom in kolommen:
        _kolom(uit, kolom, gemeenten, date(jaar, 3 * kwartaal - 2, 1), loting, nummers)
    _telt_niet_mee(uit, gemeenten, date(jaar, 3 * kwartaal - 2, 1), loting, nummers)
    if bekend_op:
        for rijen in uit.bestanden().values():
            for rij in rijen:
                rij["bekend_op"] = bekend_op
    return uit


def _bsns(loting: random.Random) -> Iterator[str]:
    alle = [str(n) for n in range(999_900_000, 1_000_000_000) if elfproef.is_valid(str(n))]
    loting.shuffle(alle)
    return iter(alle)


def _werkgever(nr: int) -> str:
    return f"{100_000_000 + nr * 37:09d}L{nr % 90 + 1:02d}"


def _maanden(begin: date) -> list[tuple[date, date]]:
    """De drie maanden van het kwartaal, half open."""
    grenzen = [date(begin.year + (begin.month + i - 1) // 12, (begin.month + i - 1) % 12 + 1, 1) for i in range(4)]
    return list(pairwise(grenzen))


def _vierweken(begin: date) -> list[tuple[date, date]]:
    """Drie tijdvakken van vier weken die op het einde van het kwartaal eindigen."""
    einde = _maanden(begin)[-1][1]
    return [(einde - timedelta(weeks=4 * i), einde - timedelta(weeks=4 * (i - 1))) for i in (3, 2, 1)]


def _kolom(
    uit: Bevolking, kolom: Kolom, gemeenten: Sequence[str], begin: date, loting: random.Random, nummers: Iterator[str]
) -> None:
    banen = max(1, -(-kolom.uren_x100 * 103 // (BAAN_KWARTAAL * 100)))
    gewichten = [loting.randint(70, 125) for _ in range(3 * banen)]
    som = sum(gewichten)
    lopend = [kolom.uren_x100 * g // som for g in accumulate(gewichten)]
    delen = [b - a for a, b in zip([0, *lopend], lopend, strict=False)]
    persoon = ""
    for nr in range(banen):
        if nr % 20 or not persoon:
            persoon = next(nummers)
            _registreer(uit, persoon, kolom, gemeenten, loting)
        referentie = _plaats(uit, persoon, kolom.naam, gemeenten, loting)
        tijdvakken = _vierweken(begin) if nr % 10 == 5 else _maanden(begin)
        for (van, tot), deel in zip(tijdvakken, delen[3 * nr : 3 * nr + 3], strict=True):
            if not 0 < deel <= MAX_MAAND:
                raise ValueError("een maand heeft 0 tot 200 uur")
            _uren(uit, referentie, van, tot, deel)


def _registreer(uit: Bevolking, persoon: str, kolom: Kolom, gemeenten: Sequence[str], loting: random.Random) -> None:
    grondslag = "WSW" if kolom.naam == "inleen" else loting.choice(GRONDSLAGEN[:-1])
    van = date(2014, 1, 1) + timedelta(days=loting.randint(0, 1000))
    if grondslag == "PW_PRAKTIJKROUTE":
        van = max(van, date(2017, 1, 1))  # eerder bestond de praktijkroute niet
    uit.registraties.append(
        {"bsn": persoon, "grondslag": grondslag, "van": van.isoformat(), "gemeente": loting.choice(gemeenten)}
    )


def _plaats(uit: Bevolking, persoon: str, soort: str, gemeenten: Sequence[str], loting: random.Random) -> str:
    """Een plaatsing van deze soort; geeft haar referentie."""
    markt = [w["werkgever"] for w in uit.werkgevers if w["sector"] == "markt"]
    overheid = [w["werkgever"] for w in uit.werkgevers if w["sector"] == "overheid"]
    vorm = {"inleen": loting.choice(("wsw_detachering", "uitzendrelatie")), "markt": "formeel", "overheid": "formeel"}
    referentie = f"VOORBEELD-{len(uit.plaatsingen) + 1:06d}"
    uit.plaatsingen.append(
        {
            "referentie": referentie,
            "bsn": persoon,
            "werkgever": loting.choice(overheid if soort == "overheid" else markt),
            "vorm": vorm.get(soort, soort),
            "contract": loting.choice(("vast", "tijdelijk")),
            "uren_per_week": "25.5",
            "gemeente_werk": loting.choice(gemeenten),
            "van": (date(2016, 12, 1) - timedelta(days=loting.randint(0, 500))).isoformat(),
            "inlener": loting.choice(overheid + markt) if soort == "inleen" else "",
        }
    )
    return referentie


def _uren(uit: Bevolking, referentie: str, van: date, tot: date, deel: int) -> None:
    uit.uren.append(
        {
            "referentie": referentie,
            "tijdvak_van": van.isoformat(),
            "tijdvak_tot": tot.isoformat(),
            "uren": f"{deel // 100}.{deel % 100:02d}",
        }
    )


def _telt_niet_mee(
    uit: Bevolking, gemeenten: Sequence[str], begin: date, loting: random.Random, nummers: Iterator[str]
) -> None:
    """Banen die wel in de bestanden staan maar niet in de cijfers horen."""
    for nr in range(max(3, len(uit.plaatsingen) // 50)):
        persoon = next(nummers)
        soort = ("beschut_werk", "proefplaatsing", "markt")[nr % 3]
        if soort != "markt":  # een gewone baan van iemand die niet geregistreerd is, telt ook niet mee
            _registreer(uit, persoon, Kolom(soort, 0), gemeenten, loting)
        referentie = _plaats(uit, persoon, soort, gemeenten, loting)
        for van, tot in _maanden(begin):
            _uren(uit, referentie, van, tot, loting.randint(4_000, 15_000))
