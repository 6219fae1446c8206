"""De reeksbrug: van het kwartaalcijfer naar de jaarmeting van hetzelfde moment, stap voor stap.

Twee ware cijfers over het eind van een jaar verschillen doordat zij op een ander moment bekend waren en anders gemaakt zijn.
Elke stap verandert één ding, in een vaste volgorde, en haar bedrag is wat dat ene ding scheelt; er is geen stap "overig".
De bedragen komen uit dezelfde functies als de cijfers zelf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from banenspoor_contracts import Sector

from services.telling.domain.figuur import Cel, cellen
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Opname, Selectie, Stand, opnames

REGELS = ("wie-telt", "gebieden", "peilmoment", "plaats", "norm", "nulmeting")
"""De regels van het kwartaalcijfer, in de volgorde waarin zij van toen naar later gaan."""
VOLGORDE = (
    "boekingen tussen beide kennismomenten, per reden",
    *(f"regel {soort}, zoals bekend bij de jaarmeting" for soort in REGELS),
    "peilmoment van de jaarmeting",
    "plaats van de jaarmeting",
    "meetvenster",
    "verdeelsleutel op de ingeleende uren",
    "verdeelsleutel op de ingeleende nulmeting",
)
TOTAAL, VERDEELSLEUTEL = "totaal", "verdeelsleutel"
KOLOMMEN: tuple[str | None, ...] = (TOTAAL, *(sector.value for sector in Sector), None)
"""Waarvoor elke stap een bedrag heeft; None is inleen dat niet over de sectoren verdeeld is."""
Bedragen = Mapping[str | None, Fraction | None]
"""Per kolom het exacte bedrag; None waar het in deze kolom niet te bepalen is."""


class Lezing(NamedTuple):
    """Welke standen een toestand leest; `bij_meting`: zoals bekend bij de jaarmeting, anders bij het kwartaalcijfer."""

    maanden: tuple[int, ...]
    plaats: str
    peilmoment: str
    bij_meting: bool


@dataclass(frozen=True, slots=True)
class Toestand:
    """Eén manier om het cijfer te maken, en wat er anders is dan in de vorige."""

    soort: str
    naam: str
    boek: Regelboek
    opname: Opname
    bij_meting: bool = True
    verdeeld: bool = False

    @property
    def lezing(self) -> Lezing:
        """De standen die ervoor nodig zijn."""
        opname = self.opname
        return Lezing(tuple(opname.maanden), opname.plaats.waarde, opname.peilmoment.waarde, self.bij_meting)


@dataclass(frozen=True, slots=True)
class Stap:
    """Eén regel van de brug: het begin, een stap, of het einde."""

    soort: str
    naam: str
    bedragen: Bedragen


class Later(NamedTuple):
    """Uren met gelijke kenmerken die tussen beide kennismomenten om deze reden geboekt zijn."""

    reden: str
    stand: Stand


def toestanden(kwartaal: Selectie, meting: Selectie, toen: Regelboek, later: Regelboek) -> list[Toestand]:
    """De toestanden van het kwartaalcijfer (met de regels van `toen`) tot en met de jaarmeting (met die van `later`)."""
    [begin], [einde] = opnames(kwartaal, toen), opnames(meting, later)
    uit = [Toestand("begin", "kwartaal", toen, begin, bij_meting=False), Toestand("boekingen", "", toen, begin)]
    for nr, soort in enumerate(REGELS, start=1):
        boek = toen.met(later, REGELS[:nr])
        [opname] = opnames(kwartaal, boek)
        uit.append(Toestand("regel", soort, boek, opname))
    [opname] = opnames(kwartaal, later)
    met_peilmoment = replace(opname, peilmoment=einde.peilmoment)
    met_plaats = replace(met_peilmoment, plaats=einde.plaats)
    for naam, opname in (("peilmoment", met_peilmoment), ("plaats", met_plaats), ("meetvenster", einde)):
        uit.append(Toestand("methode", naam, later, opname))
    return [*uit, Toestand("methode", VERDEELSLEUTEL, later, einde, verdeeld=meting.inleen_verdeeld())]


def brug(
    alle: Sequence[Toestand],
    standen: Mapping[Lezing, Sequence[Stand]],
    later: Sequence[Later],
    selectie: Selectie,
    maat: str,
) -> list[Stap]:
    """Begin, stappen en einde; `standen` voor elke lezing, `later` met hun teken. `Onjuist` als het totaal niet te bepalen is.

    Het begin en alle stappen zijn samen precies het einde, in elke kolom. `selectie` is die van de jaarmeting.
    """
    rekening = _Rekening(selectie, maat)
    waarden = [rekening.waarden(toestand, standen[toestand.lezing]) for toestand in alle]
    open_ = [kolom for kolom in KOLOMMEN if any(waarde[kolom].saldo is None for waarde in waarden)]
    if TOTAAL in open_:
        raise Onjuist(
            "niet_te_overbruggen",
            "Er is geen cijfer om van te vertrekken of bij uit te komen",
            f"maat={maat} is op een van beide momenten niet te bepalen (geen norm of geen nulmeting); maat=uren kan altijd.",
        )
    stappen = [Stap("begin", "kwartaal", {k: w.saldo for k, w in waarden[0].items()})]
    stappen += [
        Stap("boekingen", reden, rekening.geboekt(alle[0], [e.stand for e in later if e.reden == reden]))
        for reden in dict.fromkeys(e.reden for e in later)
    ]
    for (_, oud), (toestand, nieuw) in pairwise(zip(alle[1:], waarden[1:], strict=True)):
        if toestand.naam == VERDEELSLEUTEL:
            uren, nulmeting = _verdeling(oud, nieuw)
            stappen += [Stap("methode", VERDEELSLEUTEL, uren), Stap("methode", "verdeelsleutel nulmeting", nulmeting)]
            continue
        stap = Stap(toestand.soort, toestand.naam, {k: _min(nieuw[k].saldo, oud[k].saldo) for k in KOLOMMEN})
        if stap.soort == "methode" or any(stap.bedragen.values()):
            stappen.append(stap)
    stappen.append(Stap("einde", "jaarmeting", {k: w.saldo for k, w in waarden[-1].items()}))
    return [replace(stap, bedragen={**stap.bedragen, **dict.fromkeys(open_)}) for stap in stappen]


class _Waarde(NamedTuple):
    """Uren of banen, en wat daar als nulmeting van afgaat (nul bij een andere maat dan extra)."""

    hoofd: Fraction | None
    aftrek: Fraction | None

    @property
    def saldo(self) -> Fraction | None:
        return _min(self.hoofd, self.aftrek)


@dataclass(frozen=True, slots=True)
class _Rekening:
    """Rekent toestanden uit, per kolom; `selectie` zonder uitsplitsing."""

    selectie: Selectie
    maat: str

    def waarden(self, toestand: Toestand, standen: Sequence[Stand]) -> dict[str | None, _Waarde]:
        uit = dict.fromkeys(KOLOMMEN, _Waarde(Fraction(0), Fraction(0)))
        sleutel = toestand.boek.sleutel(toestand.opname.periode.jaar) if toestand.verdeeld else None
        for per in ((), ("sector",)):
            selectie = replace(self.selectie, per=per)
            for cel in cellen(standen, toestand.boek, selectie, toestand.opname, sleutel):
                uit[cel.kenmerken["sector"] if per else TOTAAL] = self._waarde(cel)
        return uit

    def geboekt(self, toestand: Toestand, standen: Sequence[Stand]) -> Bedragen:
        """Wat deze uren er in deze toestand bij doen; de nulmeting blijft gelijk."""
        return {kolom: waarde.hoofd for kolom, waarde in self.waarden(toestand, standen).items()}

    def _waarde(self, cel: Cel) -> _Waarde:
        hoofd = cel.uren if self.maat == "uren" else cel.banen
        return _Waarde(hoofd, cel.nulmeting if self.maat == "extra" else Fraction(0))


def _min(van: Fraction | None, af: Fraction | None) -> Fraction | None:
    return None if van is None or af is None else van - af


def _verdeling(oud: Mapping[str | None, _Waarde], nieuw: Mapping[str | None, _Waarde]) -> tuple[Bedragen, Bedragen]:
    """Wat de verdeling over de sectoren scheelt: in uren of banen, en in de nulmeting (die gaat eraf)."""
    return (
        {k: _min(nieuw[k].hoofd, oud[k].hoofd) for k in KOLOMMEN},
        {k: _min(oud[k].aftrek, nieuw[k].aftrek) for k in KOLOMMEN},
    )
