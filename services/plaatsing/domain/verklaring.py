"""De doelgroepverklaring bij een baan: recht op loonkostenvoordeel, dat bij een overgang van onderneming meegaat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.plaatsing.domain.plaatsing import Baan, na
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.verloop import delen


@dataclass(frozen=True, slots=True)
class Verklaring:
    """Eén verklaring `[van, tot)`. `bekend_op`: kennistijd in geladen historie."""

    van: date
    tot: date
    bekend_op: datetime | None = None


def neem_verklaring(baan: Baan, bekend: Mapping[date, Verklaring], nieuw: Verklaring) -> Verklaring | Weigering | None:
    """Neemt een verklaring op: zij zelf, waarom zij niet kan, of None als zij er al zo stond.

    `bekend`: alle verklaringen van deze baan, op `van`. Hetzelfde `van` nog eens vervangt het einde. Zij begint binnen de
    baan en mag haar overleven.
    """
    if not nieuw.van < nieuw.tot:
        return Weigering("tot", "einde_voor_begin", "de verklaring eindigt niet na haar begin")
    if nieuw.van < baan.van:
        return Weigering("van", "voor_begin", f"de verklaring begint voor de plaatsing ({baan.van})")
    if baan.tot is not None and nieuw.van >= baan.tot:
        return Weigering("van", "na_einde", f"de verklaring begint na het einde van de plaatsing ({baan.tot})")
    for ander in bekend.values():
        if ander.van != nieuw.van and ander.van < nieuw.tot and nieuw.van < ander.tot:
            return Weigering("van", "overlap", f"overlapt met de verklaring van {ander.van} tot {ander.tot}")
    oud = bekend.get(nieuw.van)
    if oud is None:
        return nieuw
    return None if oud.tot == nieuw.tot else replace(nieuw, bekend_op=na(oud.bekend_op, nieuw.bekend_op))


def per_werkgever(van: date, tot: date, baan: Baan) -> list[tuple[UUID, date, date]]:
    """Bij welke formele werkgever deze verklaring wanneer gold: `(werkgever, van, tot)`, zolang de baan duurt.

    Na een overgang houdt de nieuwe werkgever de rest van de termijn, en niet een nieuwe.
    """
    uit: list[tuple[UUID, date, date]] = []
    lijst = delen(baan)
    for deel, einde in zip(lijst, [*(d.van for d in lijst[1:]), baan.tot or tot], strict=True):
        begin, slot = max(van, deel.van), min(tot, einde)
        if begin < slot and uit and uit[-1][0] == deel.werkgever:
            uit[-1] = (deel.werkgever, uit[-1][1], slot)
        elif begin < slot:
            uit.append((deel.werkgever, begin, slot))
    return uit
