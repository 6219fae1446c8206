"""De vraag van een werkgever (Wfsv art. 38d lid 7): alleen over wie bij hem werkt of zich bij hem kandidaat stelde."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from banenspoor_contracts import Grondslag, Registratie
from banenspoor_contracts.telmee import zoals_zij_gelden

from services.intake import kluisboek, werk
from services.intake.domain.gegevens import lees
from services.intake.domain.werkgeversvraag import Antwoord, Antwoordregel, Periode, antwoord, venster
from services.intake.rijen import BsnRij, Dag
from services.intake.verantwoording import Naam, Uitkomst, Vraag
from shared.db import Tx
from shared.kluis import Kluis

_REGISTRATIES = "select persoon, grondslag::text, van, tot from registratie where persoon = any($1::uuid[])"
_WERK = """
select distinct persoon from werk
where persoon = any($1::uuid[]) and (werkgever = $2 or inlener = $2) and not ongedaan and (tot is null or tot > $3)
"""
_KANDIDAAT = """
select bsn_hmac from kandidaatverklaring where werkgever = $1 and bsn_hmac = any($2::bytea[]) and toestemming_op > $3
"""
_VERKLAAR = """
insert into kandidaatverklaring (werkgever, bsn_hmac, toestemming_op, client)
select $1::uuid, v.bsn_hmac, v.toestemming_op, $4::text from unnest($2::bytea[], $3::date[]) as v (bsn_hmac, toestemming_op)
order by 1, 2, 3 on conflict do nothing
"""


class KandidaatRij(BsnRij):
    """Iemand stelt zich kandidaat bij deze werkgever en stemde op `toestemming_op` in met de vraag aan het register."""

    verleden = ("toestemming_op",)

    toestemming_op: Dag


@dataclass(frozen=True, slots=True)
class Gevraagd:
    """Het antwoord over één BSN (None: er is geen relatie), en hoe de vraag wordt vastgelegd."""

    antwoord: Antwoord | None
    vraag: Vraag


@cache
def regels() -> tuple[Antwoordregel, ...]:
    """Vanaf wanneer het register wat antwoordt."""
    return tuple(
        Antwoordregel(date.fromisoformat(r["vanaf"]), int(r["jaren_terug"]) if r["jaren_terug"] else None)
        for r in lees("werkgeversvraag.csv")
    )


async def vraag(
    tx: Tx, kluis: Kluis, werkgever: UUID, bsns: Sequence[str], op: date, geldig_dagen: int
) -> dict[str, Gevraagd]:
    """Van elk BSN het antwoord voor deze werkgever op dag `op`.

    Voor ieder wordt hetzelfde gelezen, bekend of niet en met of zonder relatie: de duur verraadt niets.
    """
    sleutels = {bsn: kluis.zoeksleutel(bsn) for bsn in bsns}
    personen = await kluisboek.zoek(tx, kluis, sleutels)
    wie = list(personen.values())
    recht: dict[UUID, list[Registratie]] = {persoon: [] for persoon in wie}
    for persoon, grondslag, van, tot in await tx.fetch(_REGISTRATIES, wie):
        recht[persoon].append(Registratie(grondslag=Grondslag(grondslag), van=van, tot=tot))
    banen = await werk.van(tx, wie)
    registraties = {p: [Periode(r.van, r.tot) for r in zoals_zij_gelden(recht[p], banen[p])] for p in wie}
    werkt = {rij["persoon"] for rij in await tx.fetch(_WERK, wie, werkgever, venster(op, 1)[0])}
    sinds = op - timedelta(days=geldig_dagen)
    kandidaat = {rij["bsn_hmac"] for rij in await tx.fetch(_KANDIDAAT, werkgever, list(sleutels.values()), sinds)}
    uit = {}
    for bsn, sleutel in sleutels.items():
        gekend = personen.get(bsn)
        van_wie = antwoord(registraties.get(gekend, ()) if gekend else (), op, regels())
        relatie = gekend in werkt or sleutel in kandidaat
        uitkomst = Uitkomst.BEANTWOORD if relatie else Uitkomst.GEWEIGERD
        uit[bsn] = Gevraagd(van_wie if relatie else None, _vraag(Naam.WERKGEVERSVRAAG, gekend, sleutel, uitkomst))
    return uit


async def verklaar(
    tx: Tx, kluis: Kluis, werkgever: UUID, client: str, rijen: Sequence[KandidaatRij]
) -> tuple[int, list[Vraag]]:
    """Legt verklaringen vast; hoeveel er nieuw zijn, en hoe zij in de keten komen. Geeft niemand een pseudoniem."""
    sleutels: Mapping[str, bytes] = {rij.bsn: kluis.zoeksleutel(rij.bsn) for rij in rijen}
    personen = await kluisboek.zoek(tx, kluis, sleutels)
    dagen = [rij.toestemming_op for rij in rijen]
    gedaan = await tx.execute(_VERKLAAR, werkgever, [sleutels[rij.bsn] for rij in rijen], dagen, client)
    vragen = [
        _vraag(Naam.KANDIDAATVERKLARING, personen.get(bsn), sleutel, Uitkomst.BEANTWOORD)
        for bsn, sleutel in sleutels.items()
    ]
    return int(gedaan.split()[-1]), vragen


def _vraag(naam: Naam, persoon: UUID | None, sleutel: bytes, uitkomst: Uitkomst) -> Vraag:
    if persoon is None:
        return Vraag(naam, sleutel.hex(), "zoeksleutel", uitkomst)
    return Vraag(naam, str(persoon), uitkomst=uitkomst)
