"""Banen, en het dossier van een baan: haar urenregels en wat er over haar maanden gezegd is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from banenspoor_contracts import Contract, Sector, Subsector, UrenStand, Vorm

from services.plaatsing.domain.dossier import Dossier
from services.plaatsing.domain.kalender import maand_van
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.uren import Regel, UrenSoort
from services.plaatsing.domain.verschil import Gezegd
from services.plaatsing.store.delen import basis, bewaar_delen, compleet, vul_delen
from shared.beurt import in_happen
from shared.db import Tx, vergrendel

_KOLOMMEN = """plaatsing, persoon, bron, referentie, werkgever, inlener, vorm, contract, uren_per_week_x100,
  gemeente_werk, sector, subsector, van, tot, route, ikv, versie, bekend_op"""
_MEER = "vanaf, ongedaan, opgave::text as opgave"
_KANDIDATEN = """
select p.plaatsing, p.persoon, p.bron, p.referentie
from unnest($1::text[]) as g (referentie) join plaatsing p using (referentie) where p.ongedaan is null
"""
_OP_ID = f"select {_KOLOMMEN}, nr, {_MEER} from unnest($1::uuid[]) as g (plaatsing) join plaatsing using (plaatsing)"  # noqa: S608  # vaste kolommen
_VAN_PERSONEN = f"""
select {_KOLOMMEN}, nr, {_MEER} from unnest($1::uuid[]) as g (persoon) join plaatsing using (persoon) order by nr
"""  # noqa: S608  # vaste kolommen
_VAN_WERKGEVER = f"""
select {_KOLOMMEN}, nr, {_MEER} from plaatsing where ongedaan is null and (werkgever = any($1::uuid[])
  or inlener = any($1::uuid[]) or nr in (select plaatsing_nr from deel
    where werkgever = any($1::uuid[]) or inlener = any($1::uuid[])))
order by nr
"""  # noqa: S608  # vaste kolommen
_BEWAAR = f"""
insert into plaatsing ({_KOLOMMEN}, vanaf, ongedaan, opgave)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
  $9::int[], $10::text[], $11::text[], $12::text[], $13::date[], $14::date[], $15::text[], $16::text[], $17::int[],
  $18::timestamptz[], $19::date[], $20::text[], $21::jsonb[])
on conflict (plaatsing) do update set
  persoon = excluded.persoon, werkgever = excluded.werkgever, inlener = excluded.inlener,
  vorm = excluded.vorm, contract = excluded.contract,
  uren_per_week_x100 = excluded.uren_per_week_x100, gemeente_werk = excluded.gemeente_werk, sector = excluded.sector,
  subsector = excluded.subsector, van = excluded.van, tot = excluded.tot, route = excluded.route, ikv = excluded.ikv,
  versie = excluded.versie, bekend_op = excluded.bekend_op, vanaf = excluded.vanaf, ongedaan = excluded.ongedaan,
  opgave = excluded.opgave
"""  # noqa: S608  # vaste kolommen
_REGELS = """
select r.plaatsing_nr, r.soort, r.van, r.tot, r.uren_x100, r.contract, r.leverancier, r.levering, r.bekend_op
from unnest($1::bigint[], $2::date[], $3::date[]) as g (nr, van, tot)
join urenregel r on r.plaatsing_nr = g.nr and r.van < g.tot and r.tot > g.van
"""
_GEZEGD = """
select z.plaatsing_nr, z.maand, z.stand, z.bekend_op, z.leverancier
from unnest($1::bigint[], $2::text[], $3::text[]) as g (nr, van, tot)
join gezegd z on z.plaatsing_nr = g.nr and z.maand between g.van and g.tot
"""
_REGELKOLOMMEN = (
    "plaatsing_nr",
    "soort",
    "van",
    "tot",
    "uren_x100",
    "contract",
    "leverancier",
    "levering",
    "bekend_op",
)
_GEZEGDKOLOMMEN = ("plaatsing_nr", "maand", "stand", "bekend_op", "leverancier")
_BEWAAR_REGELS = """
insert into urenregel (plaatsing_nr, soort, van, tot, uren_x100, contract, leverancier, levering, bekend_op)
select * from unnest($1::bigint[], $2::text[], $3::date[], $4::date[], $5::int[], $6::text[], $7::text[], $8::text[],
  $9::timestamptz[])
on conflict (plaatsing_nr, van, tot, soort) do update set uren_x100 = excluded.uren_x100, contract = excluded.contract,
  leverancier = excluded.leverancier, levering = excluded.levering, bekend_op = excluded.bekend_op
"""
_BEWAAR_GEZEGD = """
insert into gezegd (plaatsing_nr, maand, stand, bekend_op, leverancier)
select * from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
on conflict (plaatsing_nr, maand) do update set
  stand = excluded.stand, bekend_op = excluded.bekend_op, leverancier = excluded.leverancier
"""

_VERGEET = "delete from {tabel} where plaatsing_nr = any($1::bigint[])"

_CODES: Sequence[tuple[int, Mapping[str | None, Any]]] = [
    ([veld.name for veld in fields(Baan)].index(naam), {None: None} | {code.value: code for code in soort})
    for naam, soort in (("vorm", Vorm), ("contract", Contract), ("sector", Sector), ("subsector", Subsector))
]
"""Op welke plaats in een baan een code staat, en de code bij elk woord."""
Bereik = tuple[date, date]
ALTIJD: Bereik = (date.min, date.max)
"""Dagen `[van, tot)`; van een baan worden alle regels geladen die erin vallen, en de maanden die zij raakt."""


async def kandidaten(tx: Tx, referenties: Collection[str]) -> dict[str, dict[str, tuple[UUID, UUID]]]:
    """Per referentie de bronnen die haar gebruiken, met (baan, persoon). Een baan blijft van dezelfde mens; alleen het
    pseudoniem kan opgaan in een ander: wie dit vóór het slot leest, kijkt daarna of het nog klopt."""
    uit: dict[str, dict[str, tuple[UUID, UUID]]] = {}
    for rij in await tx.fetch(_KANDIDATEN, list(referenties)):
        uit.setdefault(rij["referentie"], {})[rij["bron"]] = rij["plaatsing"], rij["persoon"]
    return uit


async def dossiers(tx: Tx, bereik: Mapping[UUID, Bereik | None]) -> dict[UUID, Dossier]:
    """De banen met hun regels en gezegde maanden binnen het bereik; None: alleen de baan zelf."""
    rijen = await tx.fetch(_OP_ID, list(bereik))
    uit = {rij["plaatsing"]: Dossier(_baan(rij)) async for rij in in_happen(rijen)}
    await vul_delen(tx, uit.values())
    await _vul(tx, [(d, b) for p, d in uit.items() if (b := bereik[p])], met_regels=True)
    return uit


async def dossiers_met_slot(
    tx: Tx, personen: Collection[UUID], bereik: Mapping[UUID, Bereik | None]
) -> dict[UUID, Dossier]:
    """Als `dossiers`, met het slot op elke persoon; `personen` is wat de aanroeper ervan wist vóór het slot.

    Ging iemand op in een ander terwijl wij wachtten, dan is het slot dat van een oud pseudoniem: opnieuw.
    """
    vast = set(personen)
    while True:
        await vergrendel(tx, map(str, vast))
        uit = await dossiers(tx, bereik)
        nu = {dossier.baan.persoon for dossier in uit.values()}
        if nu <= vast:
            return uit
        vast |= nu


async def van_personen(tx: Tx, personen: Collection[UUID]) -> list[Dossier]:
    """De banen van deze personen met alle gezegde maanden, zonder urenregels."""
    return await _met_gezegd(tx, await tx.fetch(_VAN_PERSONEN, list(personen)) if personen else [])


async def van_werkgevers(tx: Tx, werkgevers: Collection[UUID]) -> list[Dossier]:
    """De banen bij deze werkgevers (ook ingeleend) met alle gezegde maanden, zonder urenregels."""
    return await _met_gezegd(tx, await tx.fetch(_VAN_WERKGEVER, list(werkgevers)))


async def bewaar(tx: Tx, gewijzigd: Iterable[Dossier]) -> None:
    """Bewaart wat er aan deze dossiers sinds het laden veranderd is.

    Wat er nog niet was gaat met COPY (verreweg het meest, en het snelst); wat er al was wordt vervangen.
    """
    lijst = list(gewijzigd)
    await _schrijf(tx, _BEWAAR, [_rij(d.baan) for d in lijst if d.baan_veranderd])
    await bewaar_delen(tx, [d.baan for d in lijst if d.delen_veranderd])
    oud: list[tuple[Any, ...]] = []
    nieuw: list[tuple[Any, ...]] = []
    async for d in in_happen(lijst):
        for sleutel in d.nieuwe_regels:
            r = d.regels[sleutel]
            waarden = (r.uren_x100, r.contract, r.leverancier, r.levering, r.bekend_op)
            (oud if sleutel in d.bekende_regels else nieuw).append((d.baan.nr, *sleutel, *waarden))
    await _kopieer(tx, "urenregel", _REGELKOLOMMEN, nieuw)
    await _schrijf(tx, _BEWAAR_REGELS, oud)
    oud, nieuw = [], []
    async for d in in_happen(lijst):
        for maand in d.nieuw_gezegd:
            z = d.gezegd[maand]
            waarden_ = (z.stand and z.stand.bytes_().decode(), z.bekend_op, z.leverancier)
            (oud if maand in d.bekend_gezegd else nieuw).append((d.baan.nr, maand, *waarden_))
    await _kopieer(tx, "gezegd", _GEZEGDKOLOMMEN, nieuw)
    await _schrijf(tx, _BEWAAR_GEZEGD, oud)


async def _kopieer(tx: Tx, tabel: str, kolommen: Sequence[str], rijen: Sequence[tuple[Any, ...]]) -> None:
    if rijen:
        await tx.copy_records_to_table(tabel, records=rijen, columns=kolommen)


async def vergeet(tx: Tx, dossiers: Collection[Dossier]) -> None:
    """Wist deze banen met alles wat erbij hoort; wat erover gezegd is, blijft geteld."""
    for tabel in ("gezegd", "urenregel"):
        await tx.execute(_VERGEET.format(tabel=tabel), [d.baan.nr for d in dossiers])
    await tx.execute("delete from plaatsing where nr = any($1::bigint[])", [d.baan.nr for d in dossiers])


async def _schrijf(tx: Tx, opdracht: str, rijen: Sequence[tuple[Any, ...]]) -> None:
    if rijen:
        await tx.execute(opdracht, *map(list, zip(*rijen, strict=True)))


async def _met_gezegd(tx: Tx, rijen: Sequence[Any]) -> list[Dossier]:
    uit = [Dossier(_baan(rij)) for rij in rijen]
    await vul_delen(tx, uit)
    await _vul(tx, [(dossier, ALTIJD) for dossier in uit], met_regels=False)
    return uit


async def _vul(tx: Tx, te_vullen: Sequence[tuple[Dossier, Bereik]], *, met_regels: bool) -> None:
    if not te_vullen:
        return
    op_nr = {dossier.baan.nr: dossier for dossier, _ in te_vullen}
    van, tot = [van for _, (van, _) in te_vullen], [tot for _, (_, tot) in te_vullen]
    if met_regels:
        for rij in await tx.fetch(_REGELS, list(op_nr), van, tot):
            regel = _regel(rij)
            op_nr[rij["plaatsing_nr"]].regels[regel.sleutel] = regel
    for rij in await tx.fetch(_GEZEGD, list(op_nr), list(map(maand_van, van)), list(map(maand_van, tot))):
        op_nr[rij["plaatsing_nr"]].gezegd[rij["maand"]] = Gezegd(
            None if rij["stand"] is None else UrenStand.van_canoniek(rij["stand"].encode()),
            rij["bekend_op"],
            rij["leverancier"],
        )
    for dossier, _ in te_vullen:
        dossier.bekende_regels, dossier.bekend_gezegd = frozenset(dossier.regels), frozenset(dossier.gezegd)


def _rij(b: Baan) -> tuple[Any, ...]:
    return (
        *(b.plaatsing, b.persoon, b.bron, b.referentie, b.werkgever, b.inlener, b.vorm, b.contract),
        *(b.uren_per_week_x100, b.gemeente_werk, b.sector, b.subsector, b.van, b.tot, b.route, b.ikv),
        *(b.versie, b.bekend_op, b.vanaf, b.ongedaan, basis(b)),
    )


def _baan(rij: Any) -> Baan:
    *waarden, vanaf, ongedaan, opgave = rij
    for plek, woorden in _CODES:
        waarden[plek] = woorden[waarden[plek]]
    if vanaf is None and ongedaan is None and opgave is None:
        return Baan(*waarden)
    return compleet(Baan(*waarden), vanaf, ongedaan, opgave)


def _regel(rij: Any) -> Regel:
    contract = None if rij["contract"] is None else Contract(rij["contract"])
    waarden = (rij["uren_x100"], contract, rij["leverancier"], rij["levering"], rij["bekend_op"])
    return Regel(UrenSoort(rij["soort"]), rij["van"], rij["tot"], *waarden)
