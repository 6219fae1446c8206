"""Te realiseren aantallen en de volgorde van wachtlijsten: opdrachten van gemeenten en ministerie."""

from collections.abc import Sequence
from datetime import datetime

from banenspoor_contracts import AantalBron, TeRealiserenAantalVastgesteld

from services.beoordeling.domain.aanvraag import bekende_gemeente
from services.beoordeling.domain.plaatsen import Aantal, geldend
from services.beoordeling.rijen import TeRealiserenRij, VolgordeRij
from services.beoordeling.store import plaatsen as store
from shared import outbox
from shared.api import Fout, Opdracht, Uitslag
from shared.db import Tx, vergrendel

_ONBEKEND = "Deze gemeentecode bestaat niet en heeft niet bestaan."


async def te_realiseren(tx: Tx, rijen: Sequence[tuple[int, TeRealiserenRij]], opdracht: Opdracht) -> Uitslag:
    """Legt aantallen vast; een verordening kan alleen hoger zijn dan de regeling die al bekend is (art. 10b lid 5)."""
    uitslag, feiten = Uitslag(), list[TeRealiserenAantalVastgesteld]()
    gemeenten = {nr: bekende_gemeente(r.gemeente) for nr, r in rijen}
    await vergrendel(tx, {g for g in gemeenten.values() if g})
    for nr, r in rijen:
        gemeente = gemeenten[nr]
        if gemeente is None:
            uitslag.fouten.append(Fout(nr, "gemeente", "onbekende_gemeente", _ONBEKEND))
            continue
        if r.besloten_op > opdracht.vandaag:
            uitslag.fouten.append(Fout(nr, "besloten_op", "toekomst", "Deze datum ligt in de toekomst."))
            continue
        nieuw, moment = Aantal(gemeente, r.jaar, r.aantal, r.bron, r.besloten_op, r.van), r.bekend_op or opdracht.nu
        bekend = await store.aantallen(tx, [gemeente], r.jaar, datetime.max.replace(tzinfo=opdracht.nu.tzinfo))
        regeling = geldend([a for a in bekend if a.bron is AantalBron.REGELING], r.van).get(gemeente)
        if nieuw in bekend:
            uitslag.ongewijzigd += 1
        elif r.bron is AantalBron.VERORDENING and regeling and r.aantal < regeling.aantal:
            melding = f"Een verordening kan niet lager zijn dan de regeling: {regeling.aantal}."
            uitslag.fouten.append(Fout(nr, "aantal", "lager_dan_regeling", melding))
        else:
            uitslag.aanvaard += 1
            await store.voeg_toe(tx, nieuw, moment)
            feiten.append(_vastgesteld(nieuw, r.bekend_op))
    await store.markeer(tx, {f.gemeente for f in feiten if f.bekend_op is None})
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    return uitslag


def _vastgesteld(a: Aantal, bekend_op: datetime | None) -> TeRealiserenAantalVastgesteld:
    return TeRealiserenAantalVastgesteld(
        gemeente=a.gemeente,
        jaar=a.jaar,
        aantal=a.aantal,
        bron=a.bron,
        besloten_op=a.besloten_op,
        van=a.van,
        bekend_op=bekend_op,
    )


async def wachtlijstvolgorde(tx: Tx, rijen: Sequence[tuple[int, VolgordeRij]], opdracht: Opdracht) -> Uitslag:
    """Legt vast in welke volgorde een gemeente wie wacht een plaats geeft; wat al gegeven is blijft."""
    uitslag = Uitslag()
    gemeenten = {nr: bekende_gemeente(r.gemeente) for nr, r in rijen}
    await vergrendel(tx, {g for g in gemeenten.values() if g})
    for nr, r in rijen:
        gemeente, moment = gemeenten[nr], r.bekend_op or opdracht.nu
        if gemeente is None:
            uitslag.fouten.append(Fout(nr, "gemeente", "onbekende_gemeente", _ONBEKEND))
        elif await store.volgorde(tx, gemeente, r.van, moment) is r.volgorde:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            await store.zet_volgorde(tx, gemeente, r.volgorde, r.van, moment)
            await store.markeer(tx, [gemeente])
    return uitslag
