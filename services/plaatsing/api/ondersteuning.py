"""Rijen `ondersteuning` en `loonwaarden`: steun bij een baan. Geen waarde ervan komt in een melding of een log."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeAlias, TypeVar

from banenspoor_contracts import Feit, Instrument, VerstrekkerSoort
from pydantic import Field

from services.plaatsing.api.bij_baan import mag_leveren
from services.plaatsing.api.velden import Dag, GemeenteVeld, Procent, Sleutelveld
from services.plaatsing.api.verwijzing import banen_van
from services.plaatsing.domain.ondersteuning import Loonwaarde, Periode, neem_instrument, neem_loonwaarde
from services.plaatsing.domain.plaatsing import ONBEKEND, Baan
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.store import ondersteuning as store
from shared import outbox
from shared.api import Fout, Opdracht, Rij, Soort, Uitslag
from shared.db import Tx

SCHRIJVEN, LEZEN = "ondersteuning:schrijven", "ondersteuning:lezen"
_ANDERE_GEMEENTE = Weigering("verstrekker_gemeente", "andere_gemeente", "een gemeente levert alleen wat zij zelf geeft")


class InstrumentRij(Rij):
    """Een instrument bij een baan, `[van, tot)`, en wie het geeft (een gemeente, met haar code, of UWV).

    Hetzelfde instrument en `van` nog eens vervangt het einde en de verstrekker.
    """

    instrument: Instrument
    verstrekker: VerstrekkerSoort
    van: Dag
    verstrekker_gemeente: GemeenteVeld | None = None
    tot: Dag | None = None


class OndersteuningRij(InstrumentRij):
    """Een instrument bij een baan, `[van, tot)`, en wie het geeft: `GEMEENTE` (met haar code) of `UWV`.

    Hetzelfde instrument en `van` nog eens vervangt het einde en de verstrekker.
    """

    referentie: Sleutelveld


class LoonwaardeWaardeRij(Rij):
    """De loonwaarde in procenten van het WML (ten hoogste twee decimalen), geldig vanaf `op`; dezelfde dag: vervangen."""

    procent: Procent
    methode: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
    op: Dag


class LoonwaardeRij(LoonwaardeWaardeRij):
    """De loonwaarde in procenten van het WML (ten hoogste twee decimalen), geldig vanaf `op`; dezelfde dag: vervangen."""

    referentie: Sleutelveld


K = TypeVar("K")
V = TypeVar("V", Periode, Loonwaarde)
Op: TypeAlias = tuple[int, Baan | None, V | Weigering]
"""Rijnummer, de baan (None: onbekend) en wat de rij erover zegt (of waarom deze aanroeper dat niet mag)."""


async def neem_ondersteuning(tx: Tx, rijen: Sequence[tuple[int, OndersteuningRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt instrumenten aan, in volgorde van het bestand; een rij die niet kan laat niets achter."""
    banen = await _banen(tx, {rij.referentie for _, rij in rijen}, opdracht)
    return await neem_instrumenten(tx, [(nr, banen.get(rij.referentie), rij) for nr, rij in rijen], opdracht)


async def neem_loonwaarden(tx: Tx, rijen: Sequence[tuple[int, LoonwaardeRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt loonwaarden aan, in volgorde van het bestand; een rij die niet kan laat niets achter."""
    banen = await _banen(tx, {rij.referentie for _, rij in rijen}, opdracht)
    return await neem_waarden(tx, [(nr, banen.get(rij.referentie), rij) for nr, rij in rijen], opdracht)


async def neem_instrumenten(
    tx: Tx, rijen: Sequence[tuple[int, Baan | None, InstrumentRij]], opdracht: Opdracht
) -> Uitslag:
    """Als `neem_ondersteuning`, bij banen die al gevonden zijn; de aanroeper heeft het slot op hun personen."""
    bekend = await store.perioden(tx, {baan.nr for _, baan, _ in rijen if baan})
    opgaven: list[Op[Periode]] = [(nr, baan, _periode(rij, opdracht)) for nr, baan, rij in rijen]
    uitslag, nieuw, feiten = _neem(opgaven, bekend, lambda p: p.sleutel, neem_instrument)
    await store.bewaar_perioden(tx, nieuw, opdracht.client)
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    return uitslag


async def neem_waarden(
    tx: Tx, rijen: Sequence[tuple[int, Baan | None, LoonwaardeWaardeRij]], opdracht: Opdracht
) -> Uitslag:
    """Als `neem_loonwaarden`, bij banen die al gevonden zijn."""
    bekend = await store.loonwaarden(tx, {baan.nr for _, baan, _ in rijen if baan})
    opgaven: list[Op[Loonwaarde]] = [
        (nr, baan, Loonwaarde(rij.op, rij.procent, rij.methode, rij.bekend_op)) for nr, baan, rij in rijen
    ]
    uitslag, nieuw, feiten = _neem(opgaven, bekend, lambda w: w.op, neem_loonwaarde)
    await store.bewaar_loonwaarden(tx, nieuw, opdracht.client)
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    return uitslag


async def _banen(tx: Tx, referenties: set[str], opdracht: Opdracht) -> dict[str, Baan]:
    mag_leveren(opdracht)
    return await banen_van(tx, referenties, opdracht.client, alleen_eigen=opdracht.gemeente is not None)


def _periode(rij: InstrumentRij, opdracht: Opdracht) -> Periode | Weigering:
    if opdracht.gemeente not in (None, rij.verstrekker_gemeente):
        return _ANDERE_GEMEENTE
    return Periode(rij.instrument, rij.van, rij.tot, rij.verstrekker, rij.verstrekker_gemeente, rij.bekend_op)


def _neem(
    opgaven: Sequence[Op[V]],
    bekend: Mapping[int, dict[K, V]],
    sleutel: Callable[[V], K],
    beslis: Callable[[Baan, Mapping[K, V], V], tuple[V, Feit] | Weigering | None],
) -> tuple[Uitslag, list[tuple[int, V]], list[Feit]]:
    """Beslist rij voor rij: de uitslag, wat er bewaard moet worden (per baan) en de feiten."""
    uitslag, nieuw, feiten = Uitslag(), list[tuple[int, V]](), list[Feit]()
    stand = {nr: dict(van_baan) for nr, van_baan in bekend.items()}
    for nummer, baan, wat in opgaven:
        if baan is None:
            uitslag.fouten.append(Fout(nummer, ONBEKEND.veld, ONBEKEND.code, ONBEKEND.melding))
            continue
        van_baan = stand.setdefault(baan.nr, {})
        gevolg = wat if isinstance(wat, Weigering) else beslis(baan, van_baan, wat)
        if isinstance(gevolg, Weigering):
            uitslag.fouten.append(Fout(nummer, gevolg.veld, gevolg.code, gevolg.melding))
        elif gevolg is None:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            van_baan[sleutel(gevolg[0])] = gevolg[0]
            nieuw.append((baan.nr, gevolg[0]))
            feiten.append(gevolg[1])
    return uitslag, nieuw, feiten


STEUN = (
    Soort(
        naam="ondersteuning",
        dienst="plaatsing",
        pad="/v1/ondersteuning",
        model=OndersteuningRij,
        verwerk=neem_ondersteuning,
        scope=SCHRIJVEN,
        volgorde=("referentie", "instrument", "verstrekker", "van", "verstrekker_gemeente", "tot"),
    ),
    Soort(
        naam="loonwaarden",
        dienst="plaatsing",
        pad="/v1/loonwaarden",
        model=LoonwaardeRij,
        verwerk=neem_loonwaarden,
        scope=SCHRIJVEN,
        volgorde=("referentie", "procent", "methode", "op"),
    ),
)
