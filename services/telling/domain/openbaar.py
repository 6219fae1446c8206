"""Wat iedereen mag zien: welke vakken van land × regio × kolom verborgen blijven, en waarom geen som ze verraadt.

Een vak waar te weinig mensen of werkgevers achter zitten, wordt niet getoond. Omdat rijen en kolommen optellen, verbergt elk
klein vak er drie mee die met hem een rechthoek vormen (ook een totaal is een rij of een kolom). Op zo'n rechthoek kan er om en
om iets bij en af zonder dat één getoond getal verandert: uit wat getoond wordt, volgt geen van de vier.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Literal, NamedTuple

from banenspoor_contracts import INLEEN, Reeks, Sector

from services.telling.domain.gebieden import Grenzen
from services.telling.domain.perioden import Periode, Soort
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Opname, Selectie, opnames

Vak = tuple[str | None, str | None]
"""(regio, kolom): leeg is alle regio's, of alle kolommen samen. Een kolom is markt, overheid of inleen."""
KOLOM_INLEEN = "inleen"
KOLOMMEN: tuple[str | None, ...] = (*(sector.value for sector in Sector), KOLOM_INLEEN, None)
Stapmaat = Literal["uur", "dag"]


class Achter(NamedTuple):
    """Hoeveel mensen en werkgevers er in één maand uren in een vak hebben."""

    personen: int
    werkgevers: int


@dataclass(frozen=True, slots=True)
class Drempel:
    """Zoveel mensen en werkgevers moeten er ten minste achter een getal zitten; achter een nul zit niemand."""

    personen: int
    werkgevers: int

    def te_klein(self, achter: Achter) -> bool:
        """Zit er wel iemand achter, maar zijn het er te weinig?"""
        return achter.personen > 0 and (achter.personen < self.personen or achter.werkgevers < self.werkgevers)


class Lezing(NamedTuple):
    """Wat er geteld moet worden: deze opnames lezen dezelfde plaats en hetzelfde peilmoment in dezelfde grenzen."""

    plaats: str
    peilmoment: str
    regios: tuple[tuple[str, str], ...]


def stapmoment(moment: datetime, stap: Stapmaat) -> datetime:
    """Het laatste hele uur, of het begin van de dag, in de tijdzone van `moment`."""
    heel = moment.replace(minute=0, second=0, microsecond=0)
    return heel.replace(hour=0) if stap == "dag" else heel


def verborgen(tellingen: Iterable[tuple[Vak, Achter]], drempel: Drempel) -> frozenset[Vak]:
    """De vakken die niemand te zien krijgt. `tellingen`: van elk vak met mensen erin, ook totalen; een vak mag vaker komen.

    Elke keer telt: is een vak in een van zijn tellingen te klein, dan is het klein. Elk klein vak krijgt de rechthoek die het
    minst verbergt: zo weinig mogelijk lege vakken erbij, dan zo weinig mogelijk mensen; bij gelijk de eerste.
    """
    gewicht: dict[Vak, int] = {}
    klein: set[Vak] = set()
    for vak, achter in tellingen:
        gewicht[vak] = max(gewicht.get(vak, 0), achter.personen)
        klein |= {vak} if drempel.te_klein(achter) else set()
    rijen = [*sorted({regio for regio, _ in gewicht if regio is not None}), None]
    uit = set(klein)
    for vak in sorted(klein, key=lambda vak: (vak[0] or "~", vak[1] or "~")):
        uit |= min(_rechthoeken(vak, rijen), key=lambda hoeken: _kosten([v for v in hoeken if v not in uit], gewicht))
    return frozenset(uit)


def _rechthoeken(vak: Vak, rijen: Iterable[str | None]) -> Iterable[set[Vak]]:
    regio, kolom = vak
    for rij, andere in product(rijen, KOLOMMEN):
        if rij != regio and andere != kolom:
            yield {vak, (regio, andere), (rij, kolom), (rij, andere)}


def _kosten(erbij: Sequence[Vak], gewicht: Mapping[Vak, int]) -> tuple[int, int]:
    return sum(vak not in gewicht for vak in erbij), sum(gewicht.get(vak, 0) for vak in erbij)


def vakken(selectie: Selectie, kenmerken: Mapping[str, str | None], *, verdeeld: bool) -> set[Vak]:
    """Uit welke vakken een cel volgt. Is inleen over de sectoren verdeeld, dan zit een deel ervan in elke sector."""
    regio = kenmerken.get("regio") or selectie.regio
    if "sector" not in kenmerken and selectie.sector is None:
        return {(regio, None)}
    kolommen = {kenmerken.get("sector") or selectie.sector or KOLOM_INLEEN} | ({KOLOM_INLEEN} if verdeeld else set())
    return {(regio, kolom) for kolom in kolommen}


def kwartalen(maanden: Iterable[int]) -> set[int]:
    """De kwartalen (maandnummer / 3) waarin deze maanden liggen: in elk daarvan moet een vak te tonen zijn."""
    return {maand // 3 for maand in maanden}


def lezingen(kwartaal: int, boek: Regelboek) -> dict[Lezing, list[Opname]]:
    """Alles wat van dit kwartaal in een openbare tabel kan staan, in elke reeks; wat hetzelfde leest bij elkaar."""
    eerste, grenzen = kwartaal * 3, Grenzen.uit(boek)
    perioden = [(Reeks.LOPEND, Periode(Soort.MAAND, maand)) for maand in range(eerste, eerste + 3)]
    perioden.append((Reeks.KWARTAAL, Periode(Soort.KWARTAAL, eerste)))
    perioden.append((Reeks.JAARMETING, Periode(Soort.JAAR, eerste // 12 * 12)))
    uit: dict[Lezing, list[Opname]] = {}
    for reeks, periode in perioden:
        [opname] = opnames(Selectie(reeks, (periode,)), boek)
        regios = tuple((code, grenzen.regio(code, periode.einde)) for code in grenzen.gemeenten)
        uit.setdefault(Lezing(opname.plaats.waarde, opname.peilmoment.waarde, regios), []).append(opname)
    return uit


def is_inleen() -> list[str]:
    """De vormen die in de kolom inleen vallen."""
    return sorted(vorm.value for vorm in INLEEN)
