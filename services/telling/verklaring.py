"""Een cijfer openen: waaruit het berekend is, wat elke reden bijdroeg, en dan boeking voor boeking.

De geopende delen tellen exact op tot het cijfer: een verklaring is de brug van nul boekingen naar nu. De boekingen gaan per
blad, op volgorde van bekend worden; wie onderweg niets nieuws wil zien, geeft een `bekendOp`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, islice
from typing import NamedTuple

from banenspoor_contracts import UrenVerloond

from services.telling.domain.brug import Brug, Plek, bruggen
from services.telling.domain.figuur import Rekening, rekeningen
from services.telling.domain.hoofdbaan import Tellend
from services.telling.domain.optelling import Optelling
from services.telling.domain.perioden import Periode, tekst_van_maand
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Selectie, Stand, groepen, is_inleen, opnames
from services.telling.maten import Bouw, Maat, Uren, Verandering
from services.telling.onthouden import bij_periode, onthoud, onthoud_blad
from services.telling.store import boekingen as store
from services.telling.store import hoofdbanen
from services.telling.store.boekingen import Geboekt
from services.telling.vraag import Bladwijzer, Vraag
from shared.db import Tx

VOOR_ALLES = -1
"""Een kennismoment vóór elke boeking."""


@dataclass(frozen=True, slots=True)
class Invoer:
    """Waaruit een cijfer in uren of banen berekend is: `uren` = `formeel` + `ingeleend`; ingeleend is al verdeeld.

    `deel` is het deel van alle ingeleende uren dat volgens de sleutel bij deze cel hoort; `norm` hoeveel uren een baan zijn.
    """

    formeel: Fraction
    ingeleend: Fraction
    deel: Fraction
    norm: Fraction | None


class Deel(NamedTuple):
    """Wat een regel in één cel bijdraagt: welk deel van haar uren, en het bedrag in de maat van de vraag (None: geen norm)."""

    plek: Plek
    deel: Fraction
    bedrag: Fraction | None


class Regel(NamedTuple):
    """Eén gebeurtenis in een verklaring. Zonder uren (`uren_x100` None) gaat het om mensen."""

    plaats: Bladwijzer
    gebeurtenis: str
    reden: str
    maand: str | None
    uren_x100: int | None
    persoon_nr: int
    plaatsing_nr: int | None
    werkgever_nr: int | None
    delen: Sequence[Deel]


class Verklaring(NamedTuple):
    """De brug van niets naar het cijfer, waaruit het berekend is (alleen uren en banen), en een blad boekingen."""

    bruggen: list[Brug]
    invoer: dict[Plek, Invoer]
    regels: list[Regel]


async def verklaar(
    tx: Tx, vraag: Vraag, bouw: Bouw, boek: Regelboek, toen: int, na: Bladwijzer | None, hoeveel: int
) -> Verklaring:
    """Opent alle cellen van een vraag zoals op `toen` bekend; `hoeveel` regels na plaats `na`. `bouw` maakt de maat."""

    async def maak(s: Selectie) -> Mapping[Periode, tuple[list[Brug], dict[Plek, Invoer]]]:
        gevonden, invoer = await _geopend(bouw(tx, replace(vraag, selectie=s)), s, boek, toen)
        bruggen_ = bij_periode(s, gevonden, lambda brug: brug.plek[0])
        delen = bij_periode(s, invoer.items(), lambda deel: deel[0][0])
        return {p: (bruggen_[p], dict(delen[p])) for p in s.perioden}

    maat = bouw(tx, vraag)
    geopend = (await onthoud(tx, f"verklaring {maat.naam}", vraag, (boek,), toen, maak)).values()

    async def blad() -> list[Regel]:
        if isinstance(maat, Uren):
            return await _geboekt(tx, vraag, boek, toen, na, hoeveel)
        return _blad(await maat.veranderingen(boek, VOOR_ALLES, toen), na, hoeveel)

    regels = await onthoud_blad(tx, f"blad {maat.naam}", vraag, boek, (toen, na, hoeveel), blad)
    return Verklaring(
        [brug for bruggen_, _ in geopend for brug in bruggen_],
        {plek: van for _, invoer in geopend for plek, van in invoer.items()},
        regels,
    )


async def _geopend(maat: Maat, selectie: Selectie, boek: Regelboek, toen: int) -> tuple[list[Brug], dict[Plek, Invoer]]:
    """De brug van niets naar elke cel, en van uren en banen waaruit zij berekend is."""
    gelezen = await maat.lees(boek, toen)
    effecten = await maat.effecten(boek, VOOR_ALLES, toen)
    eind = maat.waarden(gelezen, boek)
    plekken = {plek for per_cel in (eind, *effecten.values()) for plek in per_cel}
    ook = {kenmerken for _, kenmerken in plekken}
    begin = maat.waarden(type(gelezen)(), boek, ook)
    gevonden = bruggen(begin, effecten, [], maat.waarden(gelezen, boek, ook), plekken)
    return gevonden, _invoer(gelezen, selectie, boek) if isinstance(maat, Uren) else {}


def _invoer(standen: Sequence[Stand], selectie: Selectie, boek: Regelboek) -> dict[Plek, Invoer]:
    """De formele en de ingeleende uren van elke cel apart, en waardoor zij gedeeld zijn."""
    uit: dict[Plek, Invoer] = {}
    for rekening in dict.fromkeys(rekeningen(selectie, boek).values()):
        optelling = rekening.optelling
        van_periode = [stand for stand in standen if stand.maand in optelling.opname.maanden]
        formeel, ingeleend = (
            optelling.uren(stand for stand in van_periode if is_inleen(stand.vorm) is inleen)
            for inleen in (False, True)
        )
        for kenmerken in {**formeel, **ingeleend}:
            sector = dict(zip(selectie.per, kenmerken, strict=True)).get("sector", selectie.sector)
            uit[str(optelling.opname.periode), kenmerken] = Invoer(
                formeel.get(kenmerken, Fraction(0)),
                ingeleend.get(kenmerken, Fraction(0)),
                optelling.deel_inleen(sector),
                rekening.norm_uren,
            )
    return uit


async def _geboekt(
    tx: Tx, vraag: Vraag, boek: Regelboek, toen: int, na: Bladwijzer | None, hoeveel: int
) -> list[Regel]:
    per_maand, selectie = rekeningen(vraag.selectie, boek), vraag.selectie
    verder = None if na is None else [na[0], *na[2:]]
    uit = list[Geboekt]()
    for (plaats, peilmoment), groep in groepen(opnames(selectie, boek)).items():
        alle = await hoofdbanen.soorten(tx, peilmoment)
        maanden = [maand for opname in groep for maand in opname.maanden]
        soorten = {maand: per_maand[maand].optelling.soorten(maand, alle) for maand in maanden}
        waar = await _gemeenten(tx, plaats, per_maand[maanden[0]].optelling)
        uit += await store.blad(tx, selectie, soorten, waar, plaats, peilmoment, toen, verder, hoeveel)
    return [_regel(geboekt, vraag.maat, per_maand) for geboekt in sorted(uit, key=lambda g: g.plek)[:hoeveel]]


async def _gemeenten(tx: Tx, plaats: str, optelling: Optelling) -> list[str | None] | None:
    """De gemeenten in het gevraagde gebied; None als er geen gebied gevraagd is."""
    if optelling.selectie.regio is None and optelling.selectie.gemeente is None:
        return None
    return [code for code in await store.gemeenten(tx, plaats) if optelling.past_gemeente(code)]


def _regel(geboekt: Geboekt, maat: str, per_maand: dict[int, Rekening]) -> Regel:
    stand = geboekt.stand
    rekening = per_maand[stand.maand]
    delen = list[Deel]()
    for kenmerken, deel in rekening.optelling.plaatsen(stand):
        uren = deel * stand.uren_x100 / 100
        plek = str(rekening.optelling.opname.periode), kenmerken
        delen.append(Deel(plek, deel, uren if maat == "uren" else rekening.banen(uren)))
    plaats = (geboekt.bekend_op, geboekt.topic, geboekt.partitie, geboekt.publicatienr, geboekt.been)
    wie = geboekt.persoon_nr, geboekt.plaatsing_nr, geboekt.werkgever_nr
    maand = tekst_van_maand(stand.maand)
    return Regel(plaats, UrenVerloond.naam, geboekt.reden, maand, stand.uren_x100, *wie, delen)


def _blad(veranderingen: Sequence[Verandering], na: Bladwijzer | None, hoeveel: int) -> list[Regel]:
    """Mensen die door een gebeurtenis in of uit een cel gingen, gebeurtenis voor gebeurtenis."""
    op_volgorde = sorted(veranderingen, key=_plaats)
    regels = (_verandering(plaats, list(samen)) for plaats, samen in groupby(op_volgorde, key=_plaats))
    return list(islice((regel for regel in regels if na is None or regel.plaats > na), hoeveel))


def _plaats(verandering: Verandering) -> Bladwijzer:
    g = verandering.gebeurtenis
    topic = UrenVerloond.topic if isinstance(g, Tellend) else g.topic
    return g.bekend_op, topic, g.partitie, g.publicatienr, 0


def _verandering(plaats: Bladwijzer, samen: Sequence[Verandering]) -> Regel:
    gebeurtenis, eerste = samen[0].gebeurtenis, samen[0]
    uren = isinstance(gebeurtenis, Tellend) or gebeurtenis.inschrijving is None
    naam, streep, reden = eerste.reden.partition(":")
    delen = [Deel(v.plek, Fraction(1), Fraction(v.bedrag)) for v in samen]
    return Regel(
        plaats,
        UrenVerloond.naam if uren else naam,
        eerste.reden if uren else reden if streep else naam,
        tekst_van_maand(gebeurtenis.maand) if uren else None,
        None,
        gebeurtenis.persoon_nr,
        gebeurtenis.plaatsing_nr if isinstance(gebeurtenis, Tellend) else None,
        gebeurtenis.werkgever_nr if isinstance(gebeurtenis, Tellend) else None,
        delen,
    )
