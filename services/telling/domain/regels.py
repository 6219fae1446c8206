"""Regels als gedateerde gegevens: elk met een versie, een bron, een begin en het moment vanaf wanneer zij bekend is.

Zij worden toegepast wanneer een cijfer gelezen wordt, nooit wanneer een uur geboekt wordt: een andere regel is een
andere vraag. Wat niemand publiceerde, heet `aangenomen`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from banenspoor_contracts import Sector
from banenspoor_contracts.wie_telt import versie_op

from services.telling.domain.bedragen import breuk
from services.telling.domain.perioden import dagen, maandnummer

NULMAANDEN = range(maandnummer(2012, 10), maandnummer(2012, 10) + 3)
"""Het kwartaal waarin de nulmeting ligt: uren van een nulmeting zijn uren van dit kwartaal (peildatum 31-12-2012, 24 uur)."""
NULJAAR, NULDAG = 2012, date(2012, 12, 31)


class Peilmoment(StrEnum):
    """Op welke dag de grondslag moet gelden: de laatste van de maand, of die van het kwartaal."""

    MAAND = "maand"
    KWARTAAL = "kwartaal"


class Plaats(StrEnum):
    """Bij welke gemeente een baan hoort: waar gewerkt wordt, waar de persoon woont, of waar de werkgever zetelt."""

    WERK = "werk"
    WOON = "woon"
    ZETEL = "zetel"


@dataclass(frozen=True, slots=True)
class Regel:
    """Eén vastgelegde regel. `bekend` is haar kennismoment, `nr` de volgorde van vastleggen."""

    nr: int
    soort: str
    sleutel: str
    versie: str
    inhoud: Mapping[str, Any]
    bron: str
    bekend: datetime

    @property
    def volgorde(self) -> tuple[datetime, int]:
        """Later bekend gaat voor; bij gelijk kennismoment het laatst vastgelegde."""
        return self.bekend, self.nr

    @property
    def van(self) -> date:
        """Vanaf welke dag zij geldt."""
        return date.fromisoformat(self.inhoud["van"])

    def getal(self, veld: str) -> Fraction | None:
        """Een bedrag uit de inhoud, of None als het er niet staat."""
        waarde = self.inhoud.get(veld)
        return None if waarde is None else breuk(str(waarde))


@dataclass(frozen=True, slots=True)
class Herkomst:
    """Waar een toegepaste regel vandaan komt; staat bij elk cijfer."""

    versie: str
    bron: str
    van: str | None = None
    besloten_op: str | None = None
    bekend_op: datetime | None = None
    aangenomen: bool = False


def herkomst(regel: Regel) -> Herkomst:
    """De herkomst van een vastgelegde regel."""
    inhoud = regel.inhoud
    return Herkomst(
        regel.versie,
        regel.bron,
        inhoud.get("van"),
        inhoud.get("beslotenOp"),
        regel.bekend,
        bool(inhoud.get("aangenomen")),
    )


def _aanname(versie: str) -> Herkomst:
    return Herkomst(versie, "aanname van dit systeem: nergens gepubliceerd en niet vastgelegd", aangenomen=True)


@dataclass(frozen=True, slots=True)
class Norm:
    """Hoeveel verloonde uren één baan zijn. Zonder uren per jaar gaat het per kalenderdag: uren per week × dagen / 7."""

    uren_per_week: Fraction
    uren_per_jaar: Fraction | None
    herkomst: Herkomst

    def uren(self, maanden: Sequence[int]) -> Fraction:
        """De uren van één baan over deze maanden, als breuk: 1331/4 per kwartaal, 1331/12 per maand."""
        if self.uren_per_jaar is None:
            return self.uren_per_week * dagen(maanden) / 7
        return self.uren_per_jaar * len(maanden) / 12


@dataclass(frozen=True, slots=True)
class Verdeelsleutel:
    """Welk deel van de ingeleende uren bij welke sector hoort; de delen zijn samen 1."""

    peiljaar: int
    deel: Mapping[Sector, Fraction]
    herkomst: Herkomst


@dataclass(frozen=True, slots=True)
class Doel:
    """Hoeveel extra banen er aan het eind van een periode moeten zijn."""

    aantal: int
    status: str
    herkomst: Herkomst


@dataclass(frozen=True, slots=True)
class Keuze:
    """De waarde van een regel die uit enkele mogelijkheden kiest (peilmoment, meetvenster, plaats, wie telt)."""

    waarde: str
    herkomst: Herkomst


class Regelboek:
    """De regels die op één moment bekend zijn; `alle` zijn alle toen bekende, ook die door een latere vervangen zijn.

    `stempel`: waaraan dit boek te herkennen is; None als het samengesteld is en nergens zo vastligt.
    """

    def __init__(self, alle: Sequence[Regel], stempel: str | None = None) -> None:
        self.stempel = stempel
        self.alle = tuple(sorted(alle, key=lambda regel: regel.volgorde))
        self._geldend: dict[str, dict[str, Regel]] = {}
        for regel in self.alle:
            self._geldend.setdefault(regel.soort, {})[regel.sleutel] = regel

    def met(self, later: "Regelboek", soorten: Collection[str]) -> "Regelboek":
        """Deze regels, behalve die van deze soorten: die zoals in `later`."""
        blijft = [regel for regel in self.alle if regel.soort not in soorten]
        return Regelboek([*blijft, *(regel for regel in later.alle if regel.soort in soorten)])

    def geldend(self, soort: str) -> Mapping[str, Regel]:
        """Per sleutel de regel die het laatst bekend werd."""
        return self._geldend.get(soort, {})

    def _op(self, soort: str, dag: date, **velden: str) -> Regel | None:
        """De regel die op `dag` geldt: het laatste begin; bij gelijk begin de laatst bekende."""
        kandidaten = [
            regel
            for regel in self.geldend(soort).values()
            if regel.van <= dag and all(regel.inhoud.get(veld) == waarde for veld, waarde in velden.items())
        ]
        return max(kandidaten, key=lambda regel: (regel.van, regel.volgorde), default=None)

    def norm(self, dag: date) -> Norm | None:
        """De norm die op `dag` geldt, of None zolang er geen bekend is."""
        regel = self._op("norm", dag)
        if regel is None:
            return None
        week = regel.getal("urenPerWeek")
        if week is None:
            raise ValueError(f"norm {regel.versie} zonder uren per week")
        return Norm(week, regel.getal("urenPerJaar") if regel.inhoud["soort"] == "vast" else None, herkomst(regel))

    def wet(self, dag: date) -> Keuze:
        """Volgens welke tabel van wie telt er op `dag` geteld wordt."""
        regel = self._op("wie-telt", dag)
        versie = versie_op(dag)
        return Keuze(regel.versie, herkomst(regel)) if regel else Keuze(versie, _aanname(versie))

    def peilmoment(self, reeks: str, dag: date) -> Keuze:
        """Op welke dag de grondslag moet gelden."""
        standaard = Peilmoment.MAAND if reeks == "lopend" else Peilmoment.KWARTAAL
        return self._keuze("peilmoment", "moment", dag, standaard, reeks=reeks)

    def plaats(self, reeks: str, dag: date) -> Keuze:
        """Bij welke gemeente een baan hoort als de vrager niets zegt."""
        return self._keuze("plaats", "plaats", dag, Plaats.WERK, reeks=reeks)

    def meetvenster(self, dag: date) -> Keuze:
        """Welke maanden de jaarlijkse meting leest."""
        return self._keuze("meetvenster", "venster", dag, "Q4")

    def _keuze(self, soort: str, veld: str, dag: date, standaard: str, **velden: str) -> Keuze:
        regel = self._op(soort, dag, **velden)
        return Keuze(regel.inhoud[veld], herkomst(regel)) if regel else Keuze(standaard, _aanname(standaard))

    def sleutel(self, jaar: int) -> Verdeelsleutel | None:
        """De verdeelsleutel van `jaar`, of anders de laatste van een eerder jaar; None als er geen is."""
        jaren = {int(regel.inhoud["peiljaar"]): regel for regel in self.geldend("verdeelsleutel").values()}
        peiljaar = max((j for j in jaren if j <= jaar), default=None)
        if peiljaar is None:
            return None
        regel = jaren[peiljaar]
        deel = {sector: (regel.getal(sector.value) or Fraction(0)) / 100 for sector in Sector}
        return Verdeelsleutel(peiljaar, deel, herkomst(regel))

    def sleutel_van_nulmeting(self) -> Verdeelsleutel | None:
        """De verdeelsleutel waarmee de ingeleende nulmeting over de sectoren gaat: altijd haar eigen."""
        return Regelboek.sleutel(self, NULJAAR)

    def doel(self, gebied: str, sector: str | None, periode: str, jaar: str) -> Doel | None:
        """De doelstelling van de banenafspraak; zonder eigen totaal is het totaal de som van beide sectoren."""
        for wanneer in (periode, jaar):
            rijen = [
                regel
                for regel in self.geldend("doelstellingen").values()
                if (regel.inhoud["doel"], regel.inhoud["gebied"], regel.inhoud["periode"])
                == ("banenafspraak", gebied, wanneer)
            ]
            zelf = [regel for regel in rijen if regel.inhoud.get("sector") == sector]
            if zelf:
                return _doel(zelf)
            delen = [regel for regel in rijen if regel.inhoud.get("sector") is not None]
            if sector is None and len(delen) == len(Sector):
                return _doel(delen)
        return None


def _doel(regels: Sequence[Regel]) -> Doel:
    status = "vastgesteld" if all(regel.inhoud["status"] == "vastgesteld" for regel in regels) else "indicatief"
    laatste = max(regels, key=lambda regel: regel.volgorde)
    return Doel(sum(int(regel.inhoud["aantal"]) for regel in regels), status, herkomst(laatste))
