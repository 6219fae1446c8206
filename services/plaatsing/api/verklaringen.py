"""Rijen `doelgroepverklaringen`: het recht op loonkostenvoordeel bij een baan. Blijft hier, en alleen voor ingewijden."""

from collections.abc import Sequence

from services.plaatsing.api.bij_baan import mag_leveren
from services.plaatsing.api.velden import Dag, Sleutelveld
from services.plaatsing.api.verwijzing import banen_van
from services.plaatsing.domain.plaatsing import ONBEKEND
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.verklaring import Verklaring, neem_verklaring
from services.plaatsing.store import verklaringen as store
from shared.api import Fout, Opdracht, Rij, Soort, Uitslag
from shared.db import Tx

SCHRIJVEN = "ondersteuning:schrijven"


class VerklaringRij(Rij):
    """Een doelgroepverklaring bij een baan, `[van, tot)`. Hetzelfde `van` nog eens vervangt het einde."""

    referentie: Sleutelveld
    van: Dag
    tot: Dag


async def neem_verklaringen(tx: Tx, rijen: Sequence[tuple[int, VerklaringRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt verklaringen aan, in volgorde van het bestand; een rij die niet kan laat niets achter."""
    mag_leveren(opdracht)
    eigen = opdracht.gemeente is not None
    banen = await banen_van(tx, {rij.referentie for _, rij in rijen}, opdracht.client, alleen_eigen=eigen)
    stand = await store.verklaringen(tx, {baan.nr for baan in banen.values()})
    uitslag, nieuw = Uitslag(), list[tuple[int, Verklaring]]()
    for nummer, rij in rijen:
        gevolg: Verklaring | Weigering | None
        if (baan := banen.get(rij.referentie)) is None:
            gevolg = ONBEKEND
        else:
            gevolg = neem_verklaring(baan, stand[baan.nr], Verklaring(rij.van, rij.tot, rij.bekend_op))
        if isinstance(gevolg, Weigering):
            uitslag.fouten.append(Fout(nummer, gevolg.veld, gevolg.code, gevolg.melding))
        elif gevolg is None or baan is None:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            stand[baan.nr][gevolg.van] = gevolg
            nieuw.append((baan.nr, gevolg))
    await store.bewaar(tx, nieuw, opdracht.client)
    return uitslag


VERKLARINGEN = Soort(
    naam="doelgroepverklaringen",
    dienst="plaatsing",
    pad="/v1/doelgroepverklaringen",
    model=VerklaringRij,
    verwerk=neem_verklaringen,
    scope=SCHRIJVEN,
    volgorde=("referentie", "van", "tot"),
)
