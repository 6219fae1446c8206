"""SQL van de kluis: BSN in, pseudoniem uit. Buiten deze tabel en wie haar aanroept komt geen BSN."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from services.intake.domain import Grens, grens
from shared.db import Pool, Tx
from shared.kluis import HMAC, SLEUTELS, Kluis, KluisFout

_ZOEK = """
select k.bsn_hmac, coalesce(o.opgegaan_in, k.persoon) as persoon
from kluis k left join opgegaan o using (persoon) where k.bsn_hmac = any($1::bytea[])
"""
_VOEG_TOE = """
insert into kluis (persoon, bsn_hmac, bsn_versleuteld)
select t.persoon, t.bsn_hmac, t.bsn_versleuteld
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) with ordinality as t (persoon, bsn_hmac, bsn_versleuteld, nr)
order by t.nr
on conflict (bsn_hmac) do nothing
"""
_BEKEND = """
select coalesce(o.opgegaan_in, k.persoon) from kluis k left join opgegaan o using (persoon) where k.persoon = $1
"""
_VERBETER = "update kluis set bsn_hmac = $2, bsn_versleuteld = $3 where persoon = $1"
_LEVENSLOOP = """
select persoon, geboortedatum, overleden_op from kluis where persoon = any($1::uuid[]) order by persoon for update
"""
_BEWAAR_LEVENSLOOP = """
update kluis k set geboortedatum = n.geboortedatum, overleden_op = n.overleden_op
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as n (persoon, geboortedatum, overleden_op)
where k.persoon = n.persoon
"""
_LEES_LEVENSLOPEN = """
select persoon, geboortedatum, overleden_op from kluis
where persoon = any($1::uuid[]) and (geboortedatum is not null or overleden_op is not null)
"""
_LEES_LEVENSLOOP = "select geboortedatum, overleden_op from kluis where persoon = $1"
_MONSTER = "select bsn_hmac, bsn_versleuteld from kluis limit 1"
_NUMMERS = """
select distinct get_byte(b, 0) * 256 + get_byte(b, 1) as nummer
from kluis, unnest(array[bsn_versleuteld, geboortedatum, overleden_op]) as b where b is not null order by 1
"""


@dataclass(frozen=True, slots=True)
class Levensloop:
    """Wat de kluis verder van iemand weet."""

    geboortedatum: date | None = None
    overleden_op: date | None = None

    def grens(self, vandaag: date) -> Grens | None:
        """De eerste dag waarop zij niet meer geregistreerd kan zijn, als die er al is."""
        return grens(self.geboortedatum, self.overleden_op, vandaag)


async def zoek(tx: Tx, kluis: Kluis, bsns: Collection[str]) -> dict[str, UUID]:
    """Het pseudoniem van elk BSN (negen cijfers) dat bekend is."""
    return await _zoek(tx, {bsn: kluis.zoeksleutel(bsn) for bsn in bsns})


async def wissel(tx: Tx, kluis: Kluis, bsns: Collection[str]) -> dict[str, UUID]:
    """Het pseudoniem van elk BSN; een onbekend BSN krijgt een nieuw, willekeurig pseudoniem.

    Twee schrijvers van hetzelfde nieuwe BSN krijgen hetzelfde pseudoniem: de tweede wacht op de eerste. Altijd in
    volgorde van zoeksleutel, en vóór de sloten op personen, zodat schrijvers elkaar niet vastzetten.
    """
    sleutels = {bsn: kluis.zoeksleutel(bsn) for bsn in bsns}
    bekend = await _zoek(tx, sleutels)
    if nieuw := sorted((sleutels[bsn], bsn) for bsn in sleutels.keys() - bekend.keys()):
        blobs = [kluis.versleutel(bsn) for _, bsn in nieuw]
        await tx.execute(_VOEG_TOE, [uuid4() for _ in nieuw], [hmac for hmac, _ in nieuw], blobs)
        bekend |= await _zoek(tx, {bsn: hmac for hmac, bsn in nieuw})
    return bekend


async def _zoek(tx: Tx, sleutels: Mapping[str, bytes]) -> dict[str, UUID]:
    gevonden = {rij["bsn_hmac"]: rij["persoon"] for rij in await tx.fetch(_ZOEK, list(sleutels.values()))}
    return {bsn: gevonden[hmac] for bsn, hmac in sleutels.items() if hmac in gevonden}


async def bekend(tx: Tx, persoon: UUID) -> UUID | None:
    """Onder welk pseudoniem deze persoon nu bekend is: zichzelf, of waarin zij opging; None: niet door ons uitgegeven."""
    nu: UUID | None = await tx.fetchval(_BEKEND, persoon)
    return nu


async def verbeter(tx: Tx, kluis: Kluis, persoon: UUID, bsn: str) -> None:
    """Deze persoon heeft dit BSN; UniqueViolationError als het van een ander is. Het vorige is dan van niemand."""
    await tx.execute(_VERBETER, persoon, kluis.zoeksleutel(bsn), kluis.versleutel(bsn))


async def levenslopen(tx: Tx, kluis: Kluis, personen: Collection[UUID]) -> dict[UUID, Levensloop]:
    """De levensloop van deze personen, met het slot erop tot het einde van de transactie."""

    rijen = await tx.fetch(_LEVENSLOOP, list(personen))
    return {
        persoon: Levensloop(_datum(kluis, geboren), _datum(kluis, overleden)) for persoon, geboren, overleden in rijen
    }


async def levensloop(tx: Tx, kluis: Kluis, persoon: UUID) -> Levensloop:
    """De levensloop van een persoon, zonder slot: om te lezen."""
    rij = await tx.fetchrow(_LEES_LEVENSLOOP, persoon)
    return Levensloop() if rij is None else Levensloop(_datum(kluis, rij[0]), _datum(kluis, rij[1]))


async def lees_levenslopen(tx: Tx, kluis: Kluis, personen: Collection[UUID]) -> dict[UUID, Levensloop]:
    """De levensloop van wie er een heeft, zonder slot: te lezen nadat de sloten op deze personen genomen zijn."""
    rijen = await tx.fetch(_LEES_LEVENSLOPEN, list(personen))
    return {p: Levensloop(_datum(kluis, geboren), _datum(kluis, overleden)) for p, geboren, overleden in rijen}


def _datum(kluis: Kluis, blob: bytes | None) -> date | None:
    return None if blob is None else date.fromisoformat(kluis.ontsleutel(blob))


async def bewaar_levenslopen(tx: Tx, kluis: Kluis, nieuw: Mapping[UUID, Levensloop]) -> None:
    """Vervangt de levensloop van deze personen."""

    def blob(datum: date | None) -> bytes | None:
        return None if datum is None else kluis.versleutel(datum.isoformat())

    if nieuw:
        geboren = [blob(n.geboortedatum) for n in nieuw.values()]
        overleden = [blob(n.overleden_op) for n in nieuw.values()]
        await tx.execute(_BEWAAR_LEVENSLOOP, list(nieuw), geboren, overleden)


async def controleer(pool: Pool, kluis: Kluis) -> None:
    """Past deze kluis bij de database? KluisFout als de sleutels een bewaard BSN niet openen of anders terugvinden.

    Met een andere zoeksleutel zou ieder onbekend zijn en een tweede pseudoniem krijgen. Een sleutel die nog gebruikt wordt
    mag niet ontbreken: eerst `banenspoor kluis hersleutel`.
    """
    if weg := {rij["nummer"] for rij in await pool.fetch(_NUMMERS)} - set(kluis.nummers):
        raise KluisFout(f"{SLEUTELS}: sleutel {', '.join(map(str, sorted(weg)))} ontbreekt, en wordt nog gebruikt")
    monster = await pool.fetchrow(_MONSTER)
    if monster is not None and kluis.zoeksleutel(kluis.ontsleutel(monster["bsn_versleuteld"])) != monster["bsn_hmac"]:
        raise KluisFout(f"{HMAC}: hoort niet bij deze database, bekende personen zouden niet gevonden worden")
