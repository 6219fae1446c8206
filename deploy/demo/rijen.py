"""Vierde stap: de bevolking als rijen van de bestanden die iedereen levert. Elke rij heeft haar kennismoment (`bekend_op`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from stdnum.nl import bsn as elfproef

from deploy.demo.banen import Baan, Bevolking
from deploy.demo.doelen import Doelen
from deploy.demo.personen import Inschrijving, Persoon
from deploy.demo.uren import Urenregel

Rij = dict[str, str]
LEVERANCIER = "demo"
"""Wie de uren in de demo levert; zijn maandsluiting is de publicatiedag van het kwartaal."""
_EERSTE_BSN, _LAATSTE_BSN = 999_900_000, 1_000_000_000
"""De reeks 9999xxxxx is voor proeven; is zij op, dan verder vanaf 900000000, waar geen nummers zijn uitgegeven."""
_BEGIN_KENNIS = date(2012, 12, 15)
_PRAKTIJKROUTE = date(2017, 1, 1)


class Rijen:
    """De rijen van één bevolking, alles of alleen wat bij één arbeidsmarktregio hoort."""

    def __init__(self, doelen: Doelen, bevolking: Bevolking, regio: str = "") -> None:
        self._doelen, self._bevolking = doelen, bevolking
        regio_van = bevolking.land.regio
        self._banen = [b for b in bevolking.banen if regio in ("", regio_van[b.gemeente])]
        werkt = {baan.persoon for baan in self._banen}
        self._personen = [
            p for p in bevolking.register.personen if regio in ("", regio_van[bevolking.woont[p.nr]]) or p.nr in werkt
        ]
        self._bsn = _bsns(len(bevolking.woont))

    @property
    def banen(self) -> Sequence[Baan]:
        """De banen waarvan de uren geladen worden."""
        return self._banen

    def werkgevers(self) -> list[Rij]:
        """Elke werkgever die een baan heeft of iemand inleent."""
        nodig = {w.nummer: w for b in self._banen for w in (b.werkgever, b.inlener) if w is not None}
        return [
            {
                "werkgever": w.nummer,
                "sector": w.sector,
                "van": "2001-01-01",
                "naam": w.naam,
                "subsector": w.subsector,
                "bekend_op": "2012-01-01",
            }
            for w in sorted(nodig.values(), key=lambda w: w.nummer)
        ]

    def maandsluiting(self) -> list[Rij]:
        """Elke maand sluit op de publicatiedag van haar kwartaal."""
        return [
            {"leverancier": LEVERANCIER, "maand": f"{maand:%Y-%m}", "sluit_op": doel.publicatie.isoformat()}
            for doel in self._doelen.kwartalen
            for maand in doel.maanden
        ]

    def registraties(self) -> list[Rij]:
        """Begin en einde van elke inschrijving, op volgorde van kennis; een einde is een eigen rij."""
        return _op_kennis(rij for persoon in self._personen for rij in self._van(persoon))

    def _van(self, persoon: Persoon) -> Iterator[Rij]:
        gekend = _BEGIN_KENNIS
        for deel in persoon.inschrijvingen:
            gekend = max(gekend, deel.van + timedelta(days=5))
            rij = {
                "bsn": self._bsn[persoon.nr],
                "grondslag": _code(persoon, deel),
                "van": deel.van.isoformat(),
                "gemeente": self._bevolking.woont[persoon.nr],
            }
            yield {**rij, "tot": "", "reden": "", "bekend_op": gekend.isoformat()}
            if deel.tot is not None:
                gekend = max(gekend, deel.tot + timedelta(days=5))
                yield {**rij, "tot": deel.tot.isoformat(), "reden": deel.reden, "bekend_op": gekend.isoformat()}

    def verhuizingen(self) -> list[Rij]:
        """Na alle registraties te laden: wie verhuist heeft daarna geen ander feit in het register."""
        namen = {persoon.nr for persoon in self._personen}
        return _op_kennis(
            {
                "bsn": self._bsn[nr],
                "gemeente": gemeente,
                "van": van.isoformat(),
                "bekend_op": max(_BEGIN_KENNIS, van + timedelta(days=9)).isoformat(),
            }
            for nr, gemeente, van in self._bevolking.verhuizingen
            if nr in namen
        )

    def plaatsingen(self) -> list[Rij]:
        """Het begin van elke baan (tijdelijk: met haar einde), en apart het einde van een vaste baan; op kennis."""
        return _op_kennis(rij for baan in self._banen for rij in self._van_baan(baan))

    def _van_baan(self, baan: Baan) -> Iterator[Rij]:
        tijdelijk, tot = baan.contract == "tijdelijk", baan.tot.isoformat() if baan.tot else ""
        rij = {
            "referentie": referentie(baan),
            "bsn": self._bsn[baan.persoon],
            "werkgever": baan.werkgever.nummer,
            "vorm": baan.vorm,
            "contract": baan.contract,
            "uren_per_week": f"{baan.gewicht * 29 // 100}",
            "gemeente_werk": baan.gemeente,
            "van": baan.van.isoformat(),
            "inlener": baan.inlener.nummer if baan.inlener else "",
        }
        gekend = max(_BEGIN_KENNIS, baan.van + timedelta(days=12))
        yield {**rij, "tot": tot if tijdelijk else "", "bekend_op": gekend.isoformat()}
        if baan.tot is not None and not tijdelijk:
            yield {**rij, "tot": tot, "bekend_op": max(gekend, baan.tot + timedelta(days=12)).isoformat()}


def uren(regels: Sequence[Urenregel]) -> list[Rij]:
    """De urenregels als rijen, in dezelfde volgorde."""
    return [
        {
            "referentie": referentie(r.baan),
            "tijdvak_van": r.van.isoformat(),
            "tijdvak_tot": r.tot.isoformat(),
            "uren": f"{r.uren_x100 // 100}.{r.uren_x100 % 100:02d}",
            "leverancier": LEVERANCIER,
            "bekend_op": r.bekend_op.isoformat(),
        }
        for r in regels
    ]


def referentie(baan: Baan) -> str:
    """De sleutel van een baan bij haar bron; zegt dat zij van de demo is."""
    return f"DEMO-{baan.nr:07d}"


def _code(persoon: Persoon, deel: Inschrijving) -> str:
    if deel.grond == "wsw":
        return "WSW"
    if deel.grond == "wajong":
        return "WAJONG_OUD" if persoon.nr % 3 else "WAJONG_NIEUW"
    if persoon.nr % 3 == 0:
        return "VSO_PRO"
    return "PW_PRAKTIJKROUTE" if persoon.nr % 3 == 1 and deel.van >= _PRAKTIJKROUTE else "PW_INDICATIE"


def _op_kennis(rijen: Iterator[Rij]) -> list[Rij]:
    return sorted(rijen, key=lambda rij: rij["bekend_op"])


def _bsns(aantal: int) -> list[str]:
    uit: list[str] = []
    for reeks in (range(_EERSTE_BSN, _LAATSTE_BSN), range(900_000_000, _EERSTE_BSN)):
        for nummer in reeks:
            if len(uit) == aantal:
                return uit
            if elfproef.is_valid(str(nummer)):
                uit.append(str(nummer))
    return uit
