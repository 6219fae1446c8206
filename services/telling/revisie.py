"""De brug tussen twee kennismomenten lezen en uitrekenen."""

from collections.abc import Mapping
from dataclasses import replace

from services.telling.domain.brug import Brug, bruggen, gewijzigd
from services.telling.domain.perioden import Periode
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Selectie
from services.telling.maten import Bouw, Maat
from services.telling.onthouden import bij_periode, onthoud
from services.telling.vraag import Vraag
from shared.db import Tx


async def revisie(
    tx: Tx, vraag: Vraag, bouw: Bouw, van: int, tot: int, eerst: Regelboek, later: Regelboek
) -> list[Brug]:
    """De brug van elke cel van `van` naar `tot` (microseconden sinds 1970), met de regels van het ene en het andere moment.

    Een cel die op een van beide momenten, of ergens ertussen, in het antwoord stond, heeft een brug. `bouw` maakt de maat.
    """

    async def maak(s: Selectie) -> Mapping[Periode, list[Brug]]:
        gevonden = await _bruggen(bouw(tx, replace(vraag, selectie=s)), vraag, van, tot, eerst, later)
        return bij_periode(s, gevonden, lambda brug: brug.plek[0])

    boeken = (vraag.anders(eerst), vraag.anders(later))
    per_periode = await onthoud(tx, f"brug {bouw(tx, vraag).naam}", vraag, boeken, (van, tot), maak)
    return [brug for bruggen_ in per_periode.values() for brug in bruggen_]


async def _bruggen(maat: Maat, vraag: Vraag, van: int, tot: int, eerst: Regelboek, later: Regelboek) -> list[Brug]:
    effecten = await maat.effecten(vraag.anders(eerst), van, tot)
    stappen = gewijzigd(eerst, later, maat.regels)
    boeken = [vraag.anders(boek) for boek in (eerst, later, *(boek for _, boek in stappen))]
    gelezen = [await maat.lees(boek, van if nr == 0 else tot) for nr, boek in enumerate(boeken)]
    waarden = [maat.waarden(wat, boek) for wat, boek in zip(gelezen, boeken, strict=True)]
    plekken = {plek for per_cel in (*waarden, *effecten.values()) for plek in per_cel}
    ook = {kenmerken for _, kenmerken in plekken}
    begin, eind, *tussen = [maat.waarden(wat, boek, ook) for wat, boek in zip(gelezen, boeken, strict=True)]
    return bruggen(begin, effecten, [(s, w) for (s, _), w in zip(stappen, tussen, strict=True)], eind, plekken)
