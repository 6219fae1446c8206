"""Van standen naar cijfers: `figuur(standen, boek, selectie)`, zuiver en exact.

Uren gedeeld door de norm zijn banen; banen min de nulmeting in dezelfde kolommen zijn extra banen. `lopend` en
`kwartaal` laten inleen ongedeeld (sector leeg); de landelijke `jaarmeting` verdeelt de ingeleende *uren* met de sleutel
van dat jaar en de nulmeting met de hare. Zo hebben alle reeksen bij gelijke uren hetzelfde totaal.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from banenspoor_contracts import Reeks, Sector

from services.telling.domain import nulmeting as nul
from services.telling.domain.gebieden import NEDERLAND, ONBEKEND, Grenzen
from services.telling.domain.noten import Noot
from services.telling.domain.optelling import Kenmerken, Optelling
from services.telling.domain.regels import Doel, Herkomst, Norm, Regelboek, Verdeelsleutel
from services.telling.domain.selectie import Opname, Selectie, Stand, opnames


@dataclass(frozen=True, slots=True)
class Cel:
    """Eén cijfer. `uren` in uren; alle bedragen exact. Wat niet bekend is, is None en nooit nul."""

    periode: str
    kenmerken: Mapping[str, str | None]
    uren: Fraction
    banen: Fraction | None
    nulmeting: Fraction | None
    doel: Doel | None
    status: str
    regels: Mapping[str, Herkomst | None]
    noten: tuple[Noot, ...]

    @property
    def extra(self) -> Fraction | None:
        """Banen boven de nulmeting."""
        return None if self.banen is None or self.nulmeting is None else self.banen - self.nulmeting

    @property
    def gat(self) -> Fraction | None:
        """Hoeveel banen er aan de doelstelling ontbreken; negatief als zij gehaald is."""
        return None if self.doel is None or self.extra is None else self.doel.aantal - self.extra


def figuur(standen: Iterable[Stand], boek: Regelboek, selectie: Selectie, ook: Collection[Kenmerken] = ()) -> list[Cel]:
    """De cijfers van een selectie. `standen` zijn die van alle maanden van `opnames(selectie, boek)`; meer mag.

    `ook`: cellen die er in elke periode moeten zijn, ook zonder uren.
    """
    per_maand = rekeningen(selectie, boek)
    per_periode: dict[Rekening, list[Stand]] = {rekening: [] for rekening in per_maand.values()}
    for stand in standen:
        if stand.maand in per_maand:
            per_periode[per_maand[stand.maand]].append(stand)
    return [cel for rekening, van_periode in per_periode.items() for cel in rekening.cellen(van_periode, ook)]


def rekeningen(selectie: Selectie, boek: Regelboek) -> dict[int, "Rekening"]:
    """Per gelezen maand de rekening van haar periode."""
    grenzen, uit = Grenzen.uit(boek), dict[int, Rekening]()
    for opname in opnames(selectie, boek):
        sleutel = boek.sleutel(opname.periode.jaar) if selectie.inleen_verdeeld() else None
        optelling = Optelling(selectie, opname, boek, grenzen, sleutel)
        uit |= dict.fromkeys(opname.maanden, Rekening(optelling, boek.norm(opname.periode.einde)))
    return uit


def cellen(
    standen: Iterable[Stand], boek: Regelboek, selectie: Selectie, opname: Opname, sleutel: Verdeelsleutel | None
) -> list[Cel]:
    """De cellen van één opname; `sleutel` verdeelt inleen over de sectoren, zonder blijft het ongedeeld."""
    optelling = Optelling(selectie, opname, boek, Grenzen.uit(boek), sleutel)
    return list(Rekening(optelling, boek.norm(opname.periode.einde)).cellen(standen, ()))


@dataclass(frozen=True, slots=True, eq=False)
class Rekening:
    """Eén periode met haar regels, eenmaal opgezocht."""

    optelling: Optelling
    norm: Norm | None

    @property
    def selectie(self) -> Selectie:
        return self.optelling.selectie

    @property
    def boek(self) -> Regelboek:
        return self.optelling.boek

    @property
    def norm_uren(self) -> Fraction | None:
        """Hoeveel uren in deze periode één baan zijn; None zolang er geen norm bekend is."""
        return None if self.norm is None else self.norm.uren(self.optelling.opname.maanden)

    def banen(self, uren: Fraction) -> Fraction | None:
        """Uren als banen, volgens de norm."""
        return None if self.norm_uren is None else uren / self.norm_uren

    def cellen(self, standen: Iterable[Stand], ook: Collection[Kenmerken]) -> Iterator[Cel]:
        """De cellen van deze periode, op volgorde van hun kenmerken; daarna wat er ook zonder uren moet zijn."""
        alle = self.optelling.uren(standen)
        for kenmerken, uren in (alle | {k: Fraction(0) for k in ook if k not in alle}).items():
            yield self._cel(dict(zip(self.selectie.per, kenmerken, strict=True)), uren)

    def _cel(self, kenmerken: Mapping[str, str | None], uren: Fraction) -> Cel:
        s, opname = self.selectie, self.optelling.opname
        gebied = kenmerken.get("gemeente") or s.gemeente or kenmerken.get("regio") or s.regio or s.kring or NEDERLAND
        meting = nul.nulmeting(self.boek, gebied)
        nulbanen = self._nulbanen(meting, gebied, kenmerken)
        return Cel(
            periode=str(opname.periode),
            kenmerken=kenmerken,
            uren=uren,
            banen=self.banen(uren),
            nulmeting=None if isinstance(nulbanen, Noot) else nulbanen,
            doel=self._doel(gebied, kenmerken),
            status=self._status(),
            regels=self._regels(meting),
            noten=tuple(sorted(self._noten(gebied) | ({nulbanen} if isinstance(nulbanen, Noot) else set()))),
        )

    def _nulbanen(
        self, meting: nul.Nulmeting | None, gebied: str, kenmerken: Mapping[str, str | None]
    ) -> Fraction | Noot:
        """De nulmeting in precies de kolommen van deze cel; anders de noot die zegt waarom zij er niet is."""
        s = self.selectie
        if not s.zo_gesplitst or s.vorm_per_code:
            return Noot.NULMETING_NIET_ZO_GESPLITST
        if meting is None:
            return Noot.GEEN_NULMETING
        if not self.optelling.grenzen.zelfde(gebied, meting.besloten_op, self.optelling.grensdag):
            return Noot.ANDERE_GRENZEN
        if self.norm is None:
            return Noot.GEEN_NORM
        kolommen = [
            (sector, vorm)
            for sector, vorm in self.optelling.kolommen()
            if kenmerken.get("sector", sector) == sector and kenmerken.get("vorm", vorm) == vorm
        ]
        formeel = frozenset(Sector(sector) for sector, vorm in kolommen if vorm == "formeel" and sector)
        inleen = self._deel_inleen([sector for sector, vorm in kolommen if vorm == "inleen"])
        banen = None if inleen is None else meting.banen(self.norm, formeel, inleen)
        return Noot.NULMETING_NIET_ZO_GESPLITST if banen is None else banen

    def _deel_inleen(self, sectoren: list[str | None]) -> Fraction | None:
        """Welk deel van de ingeleende nulmeting bij deze sectoren hoort, met de sleutel van de nulmeting zelf."""
        if not sectoren or None in sectoren or len(sectoren) == len(Sector):
            return Fraction(1 if sectoren else 0)
        sleutel = self.boek.sleutel_van_nulmeting()
        return None if sleutel is None else sum((sleutel.deel[Sector(s)] for s in sectoren if s), Fraction(0))

    def _doel(self, gebied: str, kenmerken: Mapping[str, str | None]) -> Doel | None:
        """De doelstelling, alleen waar de cel alles bevat wat onder die doelstelling valt."""
        s, opname = self.selectie, self.optelling.opname
        sector = kenmerken.get("sector", s.sector)
        if "vorm" in kenmerken or s.vorm or not s.zo_gesplitst:
            return None
        if self._per_sector() and not (self.optelling.sleutel and sector):
            return None
        return self.boek.doel(gebied, sector, str(opname.periode), str(opname.periode.jaar))

    def _per_sector(self) -> bool:
        return "sector" in self.selectie.per or self.selectie.sector is not None

    def _status(self) -> str:
        if self.selectie.reeks is Reeks.LOPEND:
            return "lopend"
        return "afgeleid" if self.selectie.reeks is Reeks.JAARMETING and self.selectie.gebied_nodig else "indicatief"

    def _noten(self, gebied: str) -> set[Noot]:
        """De noten die bij elke cel van deze reeks horen, en die van haar norm, sleutel en plaats."""
        s = self.selectie
        if s.inleen_verdeeld():
            noten = {Noot.AFRONDING, Noot.JAARMETING}
            if self._per_sector():
                noten |= self._noten_sleutel(self.optelling.sleutel)
        else:
            reeks = {Reeks.LOPEND: Noot.LOPEND, Reeks.KWARTAAL: Noot.INDICATIEF, Reeks.JAARMETING: Noot.AFGELEID}
            noten = {Noot.AFRONDING, reeks[s.reeks]}
        noten |= {Noot.GEEN_NORM} if self.norm is None else set()
        noten |= {Noot.WERKGEVER_NU} if s.werkgever_nu else set()
        return noten | ({Noot.PLAATS_ONBEKEND} if gebied == ONBEKEND else set())

    def _noten_sleutel(self, sleutel: Verdeelsleutel | None) -> set[Noot]:
        if sleutel is None:
            return {Noot.GEEN_SLEUTEL}
        return set() if sleutel.peiljaar == self.optelling.opname.periode.jaar else {Noot.ANDERE_SLEUTEL}

    def _regels(self, meting: nul.Nulmeting | None) -> dict[str, Herkomst | None]:
        """Welke regels in deze cel zitten, met hun versie en bron."""
        opname, sleutel = self.optelling.opname, self.optelling.sleutel
        gebied = self.selectie.gebied_nodig
        return {
            "norm": self.norm.herkomst if self.norm else None,
            "sleutel": sleutel.herkomst if sleutel else None,
            "nulmeting": meting.herkomst if meting else None,
            "grenzen": self.optelling.grenzen.herkomst(self.optelling.grensdag) if gebied else None,
            "wieTelt": self.boek.wet(opname.peildag(opname.maanden[-1])).herkomst,
            "peilmoment": opname.peilmoment.herkomst,
            "meetvenster": opname.venster.herkomst if opname.venster else None,
            "plaats": opname.plaats.herkomst,
        }
