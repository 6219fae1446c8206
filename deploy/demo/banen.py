"""Tweede stap: de banen van wie er werkt. Wie wisselt krijgt een nieuwe baan; een baan eindigt op een kwartaalgrens."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from deploy.demo.doelen import Doelen, Kwartaaldoel
from deploy.demo.land import Land, Werkgever
from deploy.demo.personen import Mutaties, Persoon, Register

_TWEEDE = 0.03
"""Aandeel van wie begint dat er een tweede baan bij krijgt (aangenomen)."""
_WISSEL = 0.015
"""Aandeel van de werkenden dat per kwartaal bij een andere werkgever begint (aangenomen)."""
_VAST_NA = timedelta(days=3 * 365 + 1)
"""Een baan die langer duurt is een vast contract; een kortere is tijdelijk, met een bekend einde (aangenomen)."""


@dataclass(slots=True)
class Baan:
    """Eén plaatsing `[van, tot)`. `kolom` is leeg bij beschut werk, dat nooit telt; `gewicht` zegt hoe groot zij is."""

    nr: int
    persoon: int
    kolom: str
    vorm: str
    werkgever: Werkgever
    inlener: Werkgever | None
    gemeente: str
    van: date
    gewicht: int
    tot: date | None = None
    telt_tot: date | None = None
    """De registratie van de persoon eindigde in het kwartaal dat hier begint: die uren tellen niet mee."""

    @property
    def contract(self) -> str:
        """Vast als zij langer dan drie jaar duurt of nog loopt; anders tijdelijk."""
        return "vast" if self.tot is None or self.tot - self.van > _VAST_NA else "tijdelijk"


@dataclass(slots=True)
class Bevolking:
    """Alles wat er in de demo leeft: personen met hun woonplaats, en hun banen; `land` kent de werkgevers."""

    register: Register
    banen: list[Baan]
    woont: list[str]
    beschut: range
    """De nummers van personen in beschut werk: zij staan niet in het register."""
    land: Land
    verhuizingen: list[tuple[int, str, date]]


class Bouwer:
    """Loopt de kwartalen langs en onthoudt welke banen er lopen."""

    def __init__(self, doelen: Doelen, schaal: int, zaad: int) -> None:
        self._loting = random.Random(zaad)  # noqa: S311  # herhaalbaar, geen geheim
        self._doelen, self._schaal = doelen, schaal
        self._land = Land(max(1, 50 // schaal), self._loting)
        self._register = Register(self._loting)
        self._banen: list[Baan] = []
        self._lopend: dict[int, list[Baan]] = {}
        self._woont: list[str] = []

    def bouw(self) -> Bevolking:
        """De hele bevolking; dezelfde doelen, schaal en zaad geven altijd dezelfde."""
        for doel in self._doelen.kwartalen:
            eerste = doel is self._doelen.kwartalen[0]
            mutaties = self._register.begin(doel) if eerste else self._register.volgend(doel, self._schaal)
            while len(self._woont) < len(self._register.personen):
                self._woont.append(self._land.gemeente())
            self._neem(mutaties, eerste)
        beschut = self._beschut()
        return Bevolking(self._register, self._banen, self._woont, beschut, self._land, self._verhuizingen())

    def _neem(self, mutaties: Mutaties, eerste: bool) -> None:
        doel = mutaties.doel
        for persoon in mutaties.verloren:
            self._stop(persoon.nr, doel.begin)
        for persoon in mutaties.vertrokken:
            for baan in self._lopend.get(persoon.nr, ()):
                baan.telt_tot = doel.begin
            self._stop(persoon.nr, doel.einde)
        for persoon in mutaties.overgestapt:
            self._stop(persoon.nr, doel.begin)
            self._begin(persoon, doel.begin)
        if not eerste:
            aantal = int(_WISSEL * len(self._register.werkenden))
            for persoon in self._loting.sample(self._register.werkenden, aantal):
                if self._lopend.get(persoon.nr) and self._lopend[persoon.nr][0].van < doel.begin:
                    self._stop(persoon.nr, doel.begin)
                    self._begin(persoon, doel.begin)
        for persoon in mutaties.gevonden:
            van = date.fromordinal(persoon.sinds) if eerste else self._start(doel)
            self._begin(persoon, van)
            if self._loting.random() < _TWEEDE:
                self._begin(persoon, van, klein=True)

    def _start(self, doel: Kwartaaldoel) -> date:
        """De eerste dag van een van de maanden, meestal de eerste."""
        (maand,) = self._loting.choices(doel.maanden, (6, 3, 1))
        return maand

    def _stop(self, persoon: int, dag: date) -> None:
        for baan in self._lopend.pop(persoon, ()):
            baan.tot = dag

    def _begin(self, persoon: Persoon, van: date, *, klein: bool = False) -> None:
        woont = self._woont[persoon.nr]
        kolom = persoon.werkt
        vorm, inlener = "formeel", None
        sector = kolom
        if kolom == "inleen":
            vorm = "wsw_detachering" if persoon.grond == "wsw" else "uitzendrelatie"
            sector = vorm
            inlener = self._land.werkgever(woont, self._loting.choice(("markt", "markt", "overheid")))
        gewicht = self._loting.randint(28, 45) if klein else self._loting.randint(80, 120)
        werkgever, gemeente = self._land.werkgever(woont, sector), self._land.werkt_in(woont)
        baan = Baan(len(self._banen), persoon.nr, kolom, vorm, werkgever, inlener, gemeente, van, gewicht)
        self._banen.append(baan)
        self._lopend.setdefault(persoon.nr, []).append(baan)

    def _beschut(self) -> range:
        """Beschut werk vanaf 2017: wel uren, nooit meegeteld, en niemand ervan staat in het register."""
        eerste = len(self._woont)
        for doel in self._doelen.kwartalen:
            for _ in range(150 // self._schaal if doel.periode >= "2017-Q1" else 0):
                nr = len(self._woont)
                woont = self._land.gemeente()
                self._woont.append(woont)
                werkgever = self._land.werkgever(woont, "wsw_detachering")
                gemeente, van = self._land.werkt_in(woont), self._start(doel)
                gewicht = self._loting.randint(80, 120)
                self._banen.append(
                    Baan(len(self._banen), nr, "", "beschut_werk", werkgever, None, gemeente, van, gewicht)
                )
        return range(eerste, len(self._woont))

    def _verhuizingen(self) -> list[tuple[int, str, date]]:
        """Eén op de vijftien verhuist, alleen wie tot het eind geregistreerd blijft; op een dag na de inschrijving."""
        einde = self._doelen.kwartalen[-1].begin
        uit = []
        for persoon in self._register.personen:
            van = persoon.inschrijvingen[0].van
            blijft = len(persoon.inschrijvingen) == 1 and persoon.inschrijvingen[0].tot is None
            if blijft and (einde - van).days > 400 and self._loting.random() < 1 / 15:
                dag = max(van, date(2012, 10, 1)) + timedelta(days=self._loting.randrange(30, (einde - van).days))
                if dag < einde:
                    uit.append((persoon.nr, self._land.gemeente(), dag))
        return uit
