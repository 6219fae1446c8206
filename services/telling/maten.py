"""Per maat: wat elke cel op een kennismoment is, en wat elke boeking in een venster eraan veranderde.

Uren, banen en extra banen zijn sommen: boekingen met één reden mogen bij elkaar. Personen en het register zijn dat niet: daar
telt het effect van elke gebeurtenis apart, in de volgorde van bekend worden.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple, Protocol

from banenspoor_contracts import RegelSoort

from services.telling.domain.brug import REGELVOLGORDE, Effect, Effecten, Plek, Waarden
from services.telling.domain.figuur import figuur, rekeningen
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.geregistreerd import Gevonden, geregistreerd
from services.telling.domain.grootboek import REDENCODES
from services.telling.domain.hoofdbaan import Overstap, Soort, Tellend, deelnames, overstappen
from services.telling.domain.optelling import Kenmerken, Optelling
from services.telling.domain.personen import Geteld, peilmaanden, personen, tellend
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import Gebeurtenis
from services.telling.domain.registerverloop import effecten
from services.telling.domain.selectie import Selectie, Stand, groepen, opnames
from services.telling.domain.werkgevers import werkgevers
from services.telling.store import cijfers, hoofdbanen, mutaties, registerstand
from services.telling.store import werkgevers as per_werkgever
from services.telling.store.mutaties import Soorten
from services.telling.vraag import GEREGISTREERD, PERSONEN, WERKGEVERS, Vraag
from shared.db import Tx

REDENEN = {code: reden.value for reden, code in REDENCODES.items()}


class Verandering(NamedTuple):
    """Eén gebeurtenis die een aantal personen in een cel veranderde."""

    gebeurtenis: Tellend | Gebeurtenis
    reden: str
    plek: Plek
    bedrag: int


class Maat(Protocol):
    """Wat een brug van een maat moet weten. Kennismomenten in microseconden sinds 1970; een venster is `(van, tot]`.

    `regels`: welke soorten regels haar kunnen veranderen, in de volgorde waarin een brug ze vervangt.
    """

    regels: ClassVar[Sequence[RegelSoort]]

    @property
    def naam(self) -> str:
        """Hoe zij in een antwoord heet."""

    @property
    def per(self) -> tuple[str, ...]:
        """De kenmerken van haar cellen."""

    async def lees(self, boek: Regelboek, toen: int | None) -> Any:
        """Wat er voor deze maat te lezen is, zoals op `toen` bekend; None: alles."""

    def waarden(self, gelezen: Any, boek: Regelboek, ook: Collection[Kenmerken] = ()) -> Waarden:
        """Het exacte bedrag van elke cel; `ook`: cellen die er in elke periode bij moeten staan."""

    async def effecten(self, boek: Regelboek, van: int, tot: int) -> Effecten:
        """Wat de boekingen in het venster veranderden, per reden en cel, met de regels van `boek`."""

    async def veranderingen(self, boek: Regelboek, van: int, tot: int) -> list[Verandering]:
        """Hetzelfde gebeurtenis voor gebeurtenis; van een som niet, daar is elke boeking er een."""


Bouw = Callable[[Tx, Vraag], Maat]
"""Maakt de maat van een vraag, lezend in deze momentopname."""


def maat_van(tx: Tx, vraag: Vraag) -> Maat:
    """De maat van een vraag, lezend in deze momentopname."""
    if vraag.maat == GEREGISTREERD:
        return Register(tx, vraag.selectie)
    if vraag.maat == PERSONEN:
        return Personen(tx, vraag.selectie)
    if vraag.maat == WERKGEVERS:
        return Werkgevers(tx, vraag.selectie)
    return Uren(tx, vraag.selectie, vraag.maat)


@dataclass(frozen=True, slots=True)
class Uren:
    """Uren, banen of extra banen (`naam`): sommen van boekingen."""

    regels: ClassVar[Sequence[RegelSoort]] = REGELVOLGORDE

    tx: Tx
    selectie: Selectie
    naam: str

    @property
    def per(self) -> tuple[str, ...]:
        """Zoals gevraagd."""
        return self.selectie.per

    async def lees(self, boek: Regelboek, toen: int | None) -> list[Stand]:
        """De standen; gaat de vraag over werkgevers, dan uit de boekingen."""
        alle = opnames(self.selectie, boek)
        if self.selectie.werkgever_nodig:
            return await per_werkgever.van_opnames(self.tx, self.selectie, alle, self.selectie.nodig, toen)
        return await cijfers.van_opnames(self.tx, alle, self.selectie.nodig, toen)

    def waarden(self, gelezen: list[Stand], boek: Regelboek, ook: Collection[Kenmerken] = ()) -> Waarden:
        """Het cijfer zelf."""
        cellen = figuur(gelezen, boek, self.selectie, ook)
        return {(cel.periode, tuple(cel.kenmerken.values())): getattr(cel, self.naam) for cel in cellen}

    async def effecten(self, boek: Regelboek, van: int, tot: int) -> Effecten:
        """De geboekte uren per reden; in banen volgens de norm. De nulmeting verandert door geen boeking."""
        per_reden: dict[str, tuple[list[Stand], list[tuple[Stand, int]]]] = {}
        for (plaats, peilmoment), groep in groepen(opnames(self.selectie, boek)).items():
            maanden = [maand for opname in groep for maand in opname.maanden]
            for delta in await mutaties.per_reden(self.tx, self.selectie, maanden, plaats, peilmoment, van, tot):
                standen, aantallen = per_reden.setdefault(REDENEN[delta.reden], ([], []))
                standen.append(delta.stand)
                aantallen.append((delta.stand, delta.boekingen))
        return {reden: self._per_cel(boek, *per_reden[reden]) for reden in REDENEN.values() if reden in per_reden}

    async def veranderingen(self, boek: Regelboek, van: int, tot: int) -> list[Verandering]:
        """Er zijn er geen: uren zijn een som van boekingen."""
        return []

    def _per_cel(self, boek: Regelboek, standen: list[Stand], aantallen: list[tuple[Stand, int]]) -> dict[Plek, Effect]:
        som = "uren" if self.naam == "uren" else "banen"
        bedragen = {
            (cel.periode, tuple(cel.kenmerken.values())): getattr(cel, som)
            for cel in figuur(standen, boek, self.selectie)
        }
        geteld = _tel(self.selectie, boek, aantallen)
        return {plek: Effect(bedragen[plek], n) for plek, n in geteld.items() if bedragen[plek] is not None}


def _tel(selectie: Selectie, boek: Regelboek, aantallen: Iterable[tuple[Stand, int]]) -> dict[Plek, int]:
    """Hoeveel boekingen er in elke cel meetellen; een boeking die over de sectoren verdeeld wordt, telt in beide."""
    uit, per_maand = dict[Plek, int](), rekeningen(selectie, boek)
    for stand, aantal in aantallen:
        optelling = per_maand[stand.maand].optelling
        for kenmerken, _ in optelling.plaatsen(stand):
            plek = str(optelling.opname.periode), kenmerken
            uit[plek] = uit.get(plek, 0) + aantal
    return uit


def som_van(veranderingen: Iterable[Verandering]) -> Effecten:
    """Veranderingen per reden en cel opgeteld; redenen op naam, die van uren in hun eigen volgorde voorop."""
    uit: dict[str, dict[Plek, Effect]] = {}
    for v in veranderingen:
        cellen = uit.setdefault(v.reden, {})
        eerder = cellen.get(v.plek, Effect(Fraction(0), 0))
        cellen[v.plek] = Effect(eerder.bedrag + v.bedrag, eerder.boekingen + 1)
    volgorde = [*REDENEN.values()]
    return {r: uit[r] for r in sorted(uit, key=lambda r: (volgorde.index(r) if r in volgorde else len(volgorde), r))}


@dataclass(frozen=True, slots=True)
class Personen:
    """Personen met werk, ieder bij haar hoofdbaan."""

    regels: ClassVar[Sequence[RegelSoort]] = (
        RegelSoort.GEBIEDEN,
        RegelSoort.WIE_TELT,
        RegelSoort.PEILMOMENT,
        RegelSoort.PLAATS,
    )

    tx: Tx
    selectie: Selectie
    naam: str = PERSONEN

    @property
    def per(self) -> tuple[str, ...]:
        """Zoals gevraagd."""
        return self.selectie.per

    def waarden(self, gelezen: list[Geteld], boek: Regelboek, ook: Collection[Kenmerken] = ()) -> Waarden:
        """Het aantal personen; een cel die er niet bij staat is nul."""
        cellen = personen(gelezen, boek, self.selectie)
        return {(cel.periode, tuple(cel.kenmerken.values())): Fraction(cel.aantal) for cel in cellen}

    async def lees(self, boek: Regelboek, toen: int | None) -> list[Geteld]:
        """Hoeveel personen er op elk soort hoofdbaan zijn; `toen` leeg: zoals nu bekend."""
        geteld = list[Geteld]()
        for (plaats, peilmoment), groep in groepen(peilmaanden(self.selectie, boek)).items():
            soorten = await hoofdbanen.soorten(self.tx, peilmoment)
            per_maand = {opname.maanden[-1]: tellend(opname, boek, soorten) for opname in groep}
            waar = (per_maand, plaats, peilmoment, self.selectie.nodig, toen)
            if self.selectie.werkgever_nodig:
                geteld += await per_werkgever.hoofdbanen(self.tx, self.selectie, *waar)
            else:
                geteld += await hoofdbanen.hoofdbanen(self.tx, *waar)
        return geteld

    async def effecten(self, boek: Regelboek, van: int, tot: int) -> Effecten:
        """De som van alle veranderingen per reden."""
        return som_van(await self.veranderingen(boek, van, tot))

    async def veranderingen(self, boek: Regelboek, van: int, tot: int) -> list[Verandering]:
        """Wie er door welke gebeurtenis in of uit een cel ging."""
        uit, grenzen = list[Verandering](), Grenzen.uit(boek)
        for (plaats, peilmoment), groep in groepen(peilmaanden(self.selectie, boek)).items():
            soorten = await hoofdbanen.soorten(self.tx, peilmoment)
            optelling = {o.maanden[-1]: Optelling(self.selectie, o, boek, grenzen, None) for o in groep}
            per_maand = {maand: tellend(o.opname, boek, soorten) for maand, o in optelling.items()}
            boekingen = await mutaties.tellend(self.tx, "persoon_nr", per_maand, peilmoment, van, tot)
            soort = await mutaties.soorten(self.tx, self.selectie, boekingen, plaats, peilmoment)
            for overstap in overstappen(boekingen, soort.rang):
                uit += _veranderingen(overstap, optelling[overstap.gebeurtenis.maand], soort.stand)
        return uit


def _veranderingen(overstap: Overstap, optelling: Optelling, standen: Mapping[Soort, Stand]) -> Iterator[Verandering]:
    """Van welke naar welke cel iemand ging; binnen één cel verandert er niets."""
    gebeurtenis, netto = overstap.gebeurtenis, Counter[Kenmerken]()
    for soort, teken in ((overstap.van, -1), (overstap.naar, 1)):
        if soort is not None and soort in standen:
            stand = standen[soort]._replace(maand=gebeurtenis.maand)
            netto.update({kenmerken: teken for kenmerken, _ in optelling.plaatsen(stand)})
    periode, reden = str(optelling.opname.periode), REDENEN[gebeurtenis.reden]
    return (Verandering(gebeurtenis, reden, (periode, waar), bedrag) for waar, bedrag in netto.items() if bedrag)


@dataclass(frozen=True, slots=True)
class Werkgevers:
    """Werkgevers met tellende uren, in elke cel apart."""

    regels: ClassVar[Sequence[RegelSoort]] = Personen.regels

    tx: Tx
    selectie: Selectie
    naam: str = WERKGEVERS

    @property
    def per(self) -> tuple[str, ...]:
        """Zoals gevraagd."""
        return self.selectie.per

    async def lees(self, boek: Regelboek, toen: int | None) -> list[Stand]:
        """De standen per werkgever."""
        alle, nodig = peilmaanden(self.selectie, boek), self.selectie.nodig | {"werkgever"}
        return await per_werkgever.van_opnames(self.tx, self.selectie, alle, nodig, toen)

    def waarden(self, gelezen: list[Stand], boek: Regelboek, ook: Collection[Kenmerken] = ()) -> Waarden:
        """Het aantal werkgevers; een cel die er niet bij staat is nul."""
        return {
            (cel.periode, tuple(cel.kenmerken.values())): Fraction(cel.aantal)
            for cel in (deelname.geteld for deelname in werkgevers(gelezen, boek, self.selectie))
        }

    async def effecten(self, boek: Regelboek, van: int, tot: int) -> Effecten:
        """De som van alle veranderingen per reden."""
        return som_van(await self.veranderingen(boek, van, tot))

    async def veranderingen(self, boek: Regelboek, van: int, tot: int) -> list[Verandering]:
        """Welke werkgever door welke gebeurtenis in of uit een cel ging."""
        uit, grenzen = list[Verandering](), Grenzen.uit(boek)
        for (plaats, peilmoment), groep in groepen(peilmaanden(self.selectie, boek)).items():
            alle = await hoofdbanen.soorten(self.tx, peilmoment)
            optelling = {
                o.maanden[-1]: Optelling(self.selectie, o, boek, grenzen, None, van_werkgever=True) for o in groep
            }
            per_maand = {maand: tellend(o.opname, boek, alle) for maand, o in optelling.items()}
            boekingen = await mutaties.tellend(self.tx, "werkgever_nr", per_maand, peilmoment, van, tot)
            soort = await mutaties.soorten(self.tx, self.selectie, boekingen, plaats, peilmoment)

            def waar(b: Tellend, per: Mapping[int, Optelling] = optelling, bij: Soorten = soort) -> list[Kenmerken]:
                stand = bij.stand.get(b.soort)
                plaatsen = [] if stand is None else per[b.maand].plaatsen(stand._replace(maand=b.maand))
                return [kenmerken for kenmerken, _ in plaatsen]

            for stap in deelnames(boekingen, waar):
                periode = str(optelling[stap.gebeurtenis.maand].opname.periode)
                reden = REDENEN[stap.gebeurtenis.reden]
                uit.append(Verandering(stap.gebeurtenis, reden, (periode, stap.kenmerken), stap.teken))
        return uit


@dataclass(frozen=True, slots=True)
class Register:
    """Personen in het register; geen enkele regel verandert hun aantal."""

    regels: ClassVar[Sequence[RegelSoort]] = ()

    tx: Tx
    selectie: Selectie
    naam: str = GEREGISTREERD

    @property
    def per(self) -> tuple[str, ...]:
        """Zoals gevraagd."""
        return self.selectie.per

    async def lees(self, boek: Regelboek, toen: int | None) -> Gevonden:
        """Het register op de laatste dag van elke periode."""
        dagen = [periode.einde for periode in self.selectie.perioden]
        per = "grondslag" in self.selectie.per
        return await registerstand.geregistreerd(self.tx, dagen, self.selectie.grondslag, per, toen)

    def waarden(self, gelezen: Gevonden, boek: Regelboek, ook: Collection[Kenmerken] = ()) -> Waarden:
        """Het aantal personen; een cel die er niet bij staat is nul."""
        cellen = geregistreerd(gelezen, self.selectie)
        return {(cel.periode, tuple(cel.kenmerken.values())): Fraction(cel.aantal) for cel in cellen}

    async def effecten(self, boek: Regelboek, van: int, tot: int) -> Effecten:
        """De som van alle veranderingen per gebeurtenis en reden."""
        return som_van(await self.veranderingen(boek, van, tot))

    async def veranderingen(self, boek: Regelboek, van: int, tot: int) -> list[Verandering]:
        """Wie er door welke gebeurtenis in of uit het register ging."""
        periode_van = {periode.einde: periode for periode in self.selectie.perioden}
        per = "grondslag" in self.selectie.per
        maanden = [periode.maanden[-1] for periode in self.selectie.perioden]
        gebeurtenissen = await mutaties.register(self.tx, maanden, van, tot)
        return [
            Verandering(
                e.gebeurtenis, e.gebeurtenis.naam, (str(periode_van[e.dag]), (e.grondslag,) if per else ()), e.teken
            )
            for e in effecten(gebeurtenissen, list(periode_van), self.selectie.grondslag, per)
        ]
