"""Rijen `maandsluiting`: vanaf welke dag een maand voor een leverancier gesloten is. Dat bepaalt alleen de reden."""

from collections.abc import Sequence

from services.plaatsing.api.velden import Dag, MaandVeld, Sleutelveld
from services.plaatsing.store import omgeving as store
from shared.api import Opdracht, Rij, Uitslag
from shared.db import Tx


class MaandsluitingRij(Rij):
    """Vanaf `sluit_op` is wat deze leverancier over de maand levert een nalevering. Nog eens: vervangen."""

    leverancier: Sleutelveld
    maand: MaandVeld
    sluit_op: Dag


async def neem_maandsluitingen(tx: Tx, rijen: Sequence[tuple[int, MaandsluitingRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt maandsluitingen aan; wat al gezegd is houdt zijn reden."""
    stand = await store.sluitingen(tx, {rij.leverancier for _, rij in rijen})
    uitslag, nieuw = Uitslag(), {}
    for _, rij in rijen:
        sleutel = rij.leverancier, rij.maand
        if stand.get(sleutel) == rij.sluit_op:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            stand[sleutel] = nieuw[sleutel] = rij.sluit_op
    await store.sluit(tx, nieuw)
    return uitslag
