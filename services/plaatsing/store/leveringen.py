"""Wat er binnenkwam, per levering: elke versie van elke regel, en de tellingen. Alleen aanvullen."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from services.plaatsing.domain.kalender import dag_in_nederland, dagen_per_maand
from services.plaatsing.domain.uren import Regel, Sleutel
from shared.db import Tx
from shared.envelope import uuids7

Naam: TypeAlias = tuple[str, str | None, date | None]
"""Leverancier, naam van de levering, en zonder naam de dag."""
Plek: TypeAlias = tuple[int, Sleutel]
"""Welke regel: het nummer van de baan, en soort en tijdvak."""

_OPEN = """
select l.nr, l.leverancier, l.naam, l.dag
from unnest($1::text[], $2::text[], $3::date[]) as g (leverancier, naam, dag)
join levering l on l.leverancier = g.leverancier and coalesce(l.naam, '') = coalesce(g.naam, '')
  and coalesce(l.dag, date '-infinity') = coalesce(g.dag, date '-infinity') and l.ingetrokken_op is null
order by l.nr for share of l
"""
_BEGIN = """
insert into levering (levering, leverancier, naam, dag, begonnen_op)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::timestamptz[]) on conflict do nothing
"""
_LAATSTE = """
select distinct on (v.plaatsing_nr, v.soort, v.van, v.tot) v.plaatsing_nr, v.soort, v.van, v.tot, v.levering_nr
from unnest($1::bigint[], $2::text[], $3::date[], $4::date[]) as g (nr, soort, van, tot)
join regelversie v on v.plaatsing_nr = g.nr and v.soort = g.soort and v.van = g.van and v.tot = g.tot
join levering l on l.nr = v.levering_nr and l.ingetrokken_op is null
order by v.plaatsing_nr, v.soort, v.van, v.tot, v.nr desc
"""
_VERSIEKOLOMMEN = (
    *("plaatsing_nr", "levering_nr", "soort", "van", "tot", "uren_x100", "contract", "op", "na_levering", "gelijk"),
)
_STUKKOLOMMEN = ("levering_nr", "op", "client", "nieuw", "vervangen", "ongewijzigd", "afgewezen", "maanden")
_STUK = f"insert into leveringstuk ({', '.join(_STUKKOLOMMEN)}) values ($1, $2, $3, $4, $5, $6, $7, $8)"  # noqa: S608  # vaste kolommen


def naam_van(leverancier: str, levering: str | None, bekend_op: datetime | None, vandaag: date) -> Naam:
    """In welke levering een regel valt: haar naam, en zonder naam die van haar leverancier en dag."""
    if levering is not None:
        return leverancier, levering, None
    return leverancier, None, vandaag if bekend_op is None else dag_in_nederland(bekend_op)


@dataclass(slots=True)
class _Stuk:
    nieuw: int = 0
    vervangen: int = 0
    ongewijzigd: int = 0
    afgewezen: Counter[str] = field(default_factory=Counter)
    tijdvakken: set[tuple[date, date]] = field(default_factory=set)


@dataclass(slots=True)
class Ontvangst:
    """Wat er in deze transactie van elke levering wordt; eerst openen, dan noteren, dan bewaren."""

    client: str
    nu: datetime
    nummers: dict[Naam, int]
    _stukken: dict[Naam, _Stuk] = field(default_factory=dict)
    _versies: list[tuple[Naam, int, Regel, bool]] = field(default_factory=list)
    _bekend: set[Plek] = field(default_factory=set)

    def neem(self, naam: Naam, nr: int, regel: Regel, vervangt: bool) -> None:
        """Deze regel is aanvaard bij de baan met dit nummer: nieuw, of in plaats van een eerdere."""
        stuk = self._stuk(naam, regel)
        if vervangt:
            stuk.vervangen += 1
            self._bekend.add((nr, regel.sleutel))
        else:
            stuk.nieuw += 1
        self._versies.append((naam, nr, regel, False))

    def gelijk(self, naam: Naam, nr: int, regel: Regel) -> None:
        """Deze regel zegt wat er al stond; van een andere levering is dat een bevestiging."""
        self._stuk(naam, regel).ongewijzigd += 1
        self._bekend.add((nr, regel.sleutel))
        self._versies.append((naam, nr, regel, True))

    def weiger(self, naam: Naam, code: str) -> None:
        """Een regel is afgewezen om deze code."""
        self._stuk(naam, None).afgewezen[code] += 1

    async def bewaar(self, tx: Tx) -> None:
        """Schrijft de versies op volgorde, en per levering één stuk."""
        if self._bekend:
            rijen = self._na(await _laatste(tx, self._bekend))
        else:  # alles is nieuw: verreweg het meest
            rijen = [
                (
                    nr,
                    self.nummers[naam],
                    r.soort,
                    r.van,
                    r.tot,
                    r.uren_x100,
                    r.contract,
                    r.bekend_op or self.nu,
                    None,
                    False,
                )
                for naam, nr, r, _ in self._versies
            ]
        if rijen:
            await tx.copy_records_to_table("regelversie", records=rijen, columns=_VERSIEKOLOMMEN)
        for naam, s in self._stukken.items():
            maanden = sorted({maand for tijdvak in s.tijdvakken for maand, _ in dagen_per_maand(*tijdvak)})
            aantallen = (s.nieuw, s.vervangen, s.ongewijzigd, s.afgewezen)
            await tx.execute(_STUK, self.nummers[naam], self.nu, self.client, *aantallen, maanden)

    def _na(self, laatste: dict[Plek, int]) -> list[tuple[Any, ...]]:
        """De versies met de levering waar elk na komt; wat dezelfde levering nog eens zegt is er al."""
        rijen = list[tuple[Any, ...]]()
        for naam, nr, regel, gelijk in self._versies:
            levering, plek = self.nummers[naam], (nr, regel.sleutel)
            vorige = laatste.get(plek)
            laatste[plek] = levering
            if not (gelijk and vorige == levering):
                waarden = (regel.uren_x100, regel.contract, regel.bekend_op or self.nu, vorige, gelijk)
                rijen.append((nr, levering, *regel.sleutel, *waarden))
        return rijen

    def _stuk(self, naam: Naam, regel: Regel | None) -> _Stuk:
        stuk = self._stukken.get(naam)
        if stuk is None:
            stuk = self._stukken[naam] = _Stuk()
        if regel is not None:
            stuk.tijdvakken.add((regel.van, regel.tot))
        return stuk


async def ontvang(tx: Tx, namen: Iterable[Naam], client: str, nu: datetime) -> Ontvangst:
    """Opent de leveringen (een nieuwe krijgt een nummer) en houdt intrekken tegen tot deze transactie klaar is.

    Vóór de sloten op personen: wie intrekt neemt ook eerst de levering.
    """
    nodig = sorted(set(namen), key=str)
    while mist := set(nodig) - (nummers := await _open(tx, nodig)).keys():
        nieuw = sorted(mist, key=str)
        kolommen = map(list, zip(*nieuw, strict=True))
        await tx.execute(_BEGIN, uuids7(len(nieuw)), *kolommen, [nu] * len(nieuw))
    return Ontvangst(client, nu, nummers)


async def _open(tx: Tx, namen: Sequence[Naam]) -> dict[Naam, int]:
    rijen = await tx.fetch(_OPEN, *map(list, zip(*namen, strict=True))) if namen else []
    return {(r["leverancier"], r["naam"], r["dag"]): r["nr"] for r in rijen}


async def _laatste(tx: Tx, plekken: Collection[Plek]) -> dict[Plek, int]:
    """De levering van de laatste versie van elk van deze regels; wat is ingetrokken telt niet."""
    if not plekken:
        return {}
    kolommen: Any = zip(*((nr, *sleutel) for nr, sleutel in plekken), strict=True)
    rijen = await tx.fetch(_LAATSTE, *map(list, kolommen))
    return {(r["plaatsing_nr"], (r["soort"], r["van"], r["tot"])): r["levering_nr"] for r in rijen}
