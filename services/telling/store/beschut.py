"""Boekingen van beschut werk: bewaren, en optellen zoals toen bekend."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.telling.domain.beschut import Dossier, Regel, Wat, uit_json
from services.telling.domain.beschutcijfers import Beschutbaan, Som, Vervolg
from shared.db import Tx

_DOSSIERS = "select aanvraag_nr, persoon_nr, inhoud from beschutdossier where aanvraag_nr = any($1::int[])"
_VAN_PERSONEN = "select aanvraag_nr, persoon_nr, inhoud from beschutdossier where persoon_nr = any($1::int[])"
_BEWAAR = """
insert into beschutdossier (aanvraag_nr, persoon_nr, inhoud) select * from unnest($1::int[], $2::int[], $3::jsonb[])
on conflict (aanvraag_nr) do update set persoon_nr = excluded.persoon_nr, inhoud = excluded.inhoud
"""
_KOLOMMEN = (
    *("feit", "dag", "soort", "aanvrager", "gemeente", "kantoor", "uitkomst", "binnen_termijn"),
    *("delta", "aanvraag_nr", "persoon_nr", "bron", "bekend_op", "publicatienr"),
)
_BANEN = (
    "select plaatsing_nr, versie, persoon_nr, gemeente, van, tot from beschutbaan where plaatsing_nr = any($1::int[])"
)
_BAAN = """
insert into beschutbaan (plaatsing_nr, versie, persoon_nr, gemeente, van, tot) values ($1, $2, $3, $4, $5, $6)
on conflict (plaatsing_nr) do update set versie = excluded.versie, persoon_nr = excluded.persoon_nr,
  gemeente = excluded.gemeente, van = excluded.van, tot = excluded.tot
"""
_BAANKOLOMMEN = ("plaatsing_nr", "persoon_nr", "gemeente", "van", "tot", "delta", "bekend_op")
_AANTAL = """
insert into beschutaantal (gemeente, jaar, aantal, bron, besloten_op, van, bekend_op, gebeurtenis)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
"""
_VERGEET = """
delete from aanvraag where aanvraag_nr in (
  select d.aanvraag_nr from beschutdossier d join persoon p using (persoon_nr) where p.persoon = any($1::uuid[]))
"""
_VERGEET_AANVRAGEN = "delete from aanvraag where aanvraag = any($1::uuid[])"
_MAAND = "(extract(year from dag)::int * 12 + extract(month from dag)::int - 1)"
_WAAR = """bekend_op <= $1 and dag between $2 and $3 and ($4::text is null or soort = $4)
  and ($5::text is null or aanvrager = $5) and ($6::text is null or kantoor = $6)"""
_SOMMEN = """
select {maand} as maand, {kenmerken}, feit, uitkomst, binnen_termijn, sum(delta) as aantal from beschutboeking
where {waar} group by {groep} having sum(delta) <> 0
"""
_VERVOLG = """
with advies as (
  select persoon_nr, aanvraag_nr, dag, soort, aanvrager, gemeente, kantoor from beschutboeking
  where feit = 'ADVIES' and uitkomst = 'POSITIEF' and {waar}
  group by 1, 2, 3, 4, 5, 6, 7 having sum(delta) > 0),
baan as (
  select persoon_nr, van from beschutbaanboeking where bekend_op <= $1
  group by plaatsing_nr, persoon_nr, gemeente, van, tot having sum(delta) > 0),
uitkomst as (
  select a.*, exists (select from baan b where b.persoon_nr = a.persoon_nr and b.van >= a.dag
    and b.van <= (a.dag + interval '3 months')::date) as werkt from advies a)
select {maand} as maand, {kenmerken}, count(*) filter (where werkt) as aan_het_werk,
  count(*) filter (where not werkt and (dag + interval '3 months')::date < $7) as niet,
  count(*) filter (where not werkt and (dag + interval '3 months')::date >= $7) as loopt_nog
from uitkomst group by {groep}
"""
_BANEN_TOEN = """
select persoon_nr, gemeente, van, tot from beschutbaanboeking where bekend_op <= $1 and van <= $3
group by plaatsing_nr, persoon_nr, gemeente, van, tot having sum(delta) > 0 and (tot is null or tot > $2)
"""
_AANTALLEN = """
select gemeente, jaar, bron, aantal, besloten_op, van from beschutaantal where jaar = any($2::smallint[]) and bekend_op <= $1
order by bekend_op, gebeurtenis
"""
_KENMERKEN = ("soort", "aanvrager", "gemeente", "kantoor")


class Boeking(NamedTuple):
    """Een regel erbij (+1) of eraf (−1)."""

    regel: Regel
    delta: int
    aanvraag_nr: int
    persoon_nr: int
    bron: int
    bekend_op: int
    publicatienr: int


class BaanStand(NamedTuple):
    """De laatst gehoorde versie van een baan; `baan` is leeg als zij geen beschut werk (meer) is."""

    versie: int
    persoon_nr: int
    baan: Beschutbaan | None


class Filter(NamedTuple):
    """Tot welk moment bekend, welke dagen (beide tellen mee), en welke soort, aanvrager en kantoor (leeg: alle)."""

    bekend_op: int
    eerste: date
    laatste: date
    soort: str | None
    aanvrager: str | None
    kantoor: str | None


class Aantal(NamedTuple):
    """Een te realiseren aantal zoals vastgesteld."""

    gemeente: str
    jaar: int
    bron: str
    aantal: int
    besloten_op: date
    van: date


Dossiers = dict[int, tuple[int, Dossier]]


async def dossiers(tx: Tx, nummers: Collection[int]) -> Dossiers:
    """Per aanvraag het nummer van de persoon en het dossier; een nieuwe ontbreekt."""
    return {nr: (persoon, uit_json(inhoud)) for nr, persoon, inhoud in await tx.fetch(_DOSSIERS, list(nummers))}


async def dossiers_van(tx: Tx, personen: Collection[int]) -> Dossiers:
    """De dossiers van deze personen."""
    return {nr: (persoon, uit_json(inhoud)) for nr, persoon, inhoud in await tx.fetch(_VAN_PERSONEN, list(personen))}


async def boek(tx: Tx, boekingen: Sequence[Boeking], nieuw: Mapping[int, tuple[int, Dossier]]) -> None:
    """Voegt boekingen toe en bewaart de dossiers waaruit zij volgen."""
    if nieuw:
        personen = [persoon for persoon, _ in nieuw.values()]
        await tx.execute(_BEWAAR, list(nieuw), personen, [dossier.als_json() for _, dossier in nieuw.values()])
    rijen = [(*b.regel, *b[1:]) for b in boekingen]
    if rijen:
        await tx.copy_records_to_table("beschutboeking", records=rijen, columns=_KOLOMMEN)


async def banen(tx: Tx, nummers: Collection[int]) -> dict[int, BaanStand]:
    """De laatst gehoorde stand van deze banen; een nieuwe ontbreekt."""
    return {
        nr: BaanStand(versie, persoon, Beschutbaan(persoon, gemeente, van, tot) if gemeente else None)
        for nr, versie, persoon, gemeente, van, tot in await tx.fetch(_BANEN, list(nummers))
    }


async def boek_banen(
    tx: Tx, nieuw: Mapping[int, BaanStand], boekingen: Sequence[tuple[int, Beschutbaan, int, int]]
) -> None:
    """Bewaart standen van banen, en boekt (plaatsing, baan, delta, bekend op)."""
    for nr, stand in nieuw.items():
        baan = stand.baan
        velden = (baan.gemeente, baan.van, baan.tot) if baan else (None, None, None)
        await tx.execute(_BAAN, nr, stand.versie, stand.persoon_nr, *velden)
    rijen = [(nr, b.persoon_nr, b.gemeente, b.van, b.tot, delta, op) for nr, b, delta, op in boekingen]
    if rijen:
        await tx.copy_records_to_table("beschutbaanboeking", records=rijen, columns=_BAANKOLOMMEN)


async def boek_aantal(tx: Tx, aantal: Aantal, bekend_op: int, gebeurtenis: UUID) -> None:
    """Boekt een te realiseren aantal; dezelfde gebeurtenis nog eens doet niets."""
    a = aantal
    await tx.execute(_AANTAL, a.gemeente, a.jaar, a.aantal, a.bron, a.besloten_op, a.van, bekend_op, gebeurtenis)


async def vergeet(tx: Tx, personen: Collection[UUID]) -> None:
    """Wist welke aanvraag bij welk nummer hoorde; nog voor de nummers van de personen zelf weg zijn."""
    await tx.execute(_VERGEET, list(personen))


async def vergeet_aanvragen(tx: Tx, aanvragen: Collection[UUID]) -> None:
    """Wist welk nummer bij deze aanvragen hoort: zij zijn van iemand die al vergeten is."""
    await tx.execute(_VERGEET_AANVRAGEN, list(aanvragen))


def _vraag(sjabloon: str, nodig: Sequence[str], rest: int) -> str:
    """De kenmerken die gevraagd zijn als kolom, de andere leeg; gegroepeerd op maand, kenmerken en `rest` kolommen erna."""
    kenmerken = ", ".join(k if k in nodig else f"null::text as {k}" for k in _KENMERKEN)
    groep = ", ".join(str(nr) for nr in range(1, len(_KENMERKEN) + 2 + rest))
    return sjabloon.format(maand=_MAAND, kenmerken=kenmerken, waar=_WAAR, groep=groep)


async def sommen(tx: Tx, filter_: Filter, nodig: Sequence[str]) -> list[Som]:
    """De boekingen van deze dagen opgeteld per maand, feit en `nodig` (uit soort, aanvrager, gemeente, kantoor)."""
    rijen = await tx.fetch(_vraag(_SOMMEN, nodig, 3), *filter_)
    return [Som(r[0], tuple(r)[1:5], Wat(r["feit"]), r["uitkomst"], r["binnen_termijn"], r["aantal"]) for r in rijen]


async def vervolg(tx: Tx, filter_: Filter, nodig: Sequence[str], vandaag: date) -> list[Vervolg]:
    """Wat er binnen drie maanden na elk positief advies van deze dagen gebeurde, gezien op `vandaag`."""
    rijen = await tx.fetch(_vraag(_VERVOLG, nodig, 0), *filter_, vandaag)
    return [Vervolg(r[0], tuple(r)[1:5], r["aan_het_werk"], r["niet"], r["loopt_nog"]) for r in rijen]


async def banen_tussen(tx: Tx, bekend_op: int, eerste: date, laatste: date) -> list[Beschutbaan]:
    """De banen in beschut werk die in deze dagen liepen, zoals toen bekend."""
    return [Beschutbaan(*rij) for rij in await tx.fetch(_BANEN_TOEN, bekend_op, eerste, laatste)]


async def aantallen(tx: Tx, bekend_op: int, jaren: Collection[int]) -> list[Aantal]:
    """De aantallen voor deze jaren die toen bekend waren, op volgorde van bekend worden."""
    return [Aantal(*rij) for rij in await tx.fetch(_AANTALLEN, bekend_op, sorted(set(jaren)))]
