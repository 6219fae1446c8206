"""Intake hoort een besluit beschut werk: de registratie eindigt de dag erna, en nog eens horen geeft niets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from banenspoor_contracts import (
    BesluitBeschutWerkGenomen,
    EindReden,
    Feit,
    Grondslag,
    IndicatieVastgesteld,
    RegistratieBeeindigd,
    RegistratieIngegaan,
    Uitkomst,
)

from services.intake.handlers import hoor
from shared.db import vergrendel
from shared.envelope import Bericht
from shared.inbox import zeg
from tests.service.intake_voordeur import BSNS, Voordeur

RIJ = {"bsn": BSNS[0], "grondslag": "PW_INDICATIE", "van": "2020-01-01", "gemeente": "0014"}


def besluit(persoon: UUID, op: date, uitkomst: Uitkomst = Uitkomst.POSITIEF, bekend_op: datetime | None = None) -> Feit:
    return BesluitBeschutWerkGenomen(
        persoon=persoon,
        aanvraag=uuid4(),
        gemeente="0014",
        uitkomst=uitkomst,
        besluit_op=op,
        binnen_termijn=True,
        bekend_op=bekend_op,
    )


async def hoort(voordeur: Voordeur, *feiten: Feit) -> Sequence[Feit]:
    """Zoals de inbox het doet: sloten, handlers, wat zij zeggen, in één transactie."""
    berichten = [
        Bericht(
            topic=f.topic,
            partitie=0,
            offset=i,
            nummer=i + 1,
            id=uuid4(),
            bron="urn:nld:oin:0:systeem:beoordeling",
            type=f.type_,
            tijd=datetime(2024, 6, 1, tzinfo=UTC),
            sleutel=f.sleutel(),
            waarde=f.bytes_(),
            correlatie=None,
        )
        for i, f in enumerate(feiten)
    ]
    async with voordeur.database.pool.acquire() as tx, tx.transaction():
        await vergrendel(tx, (b.sleutel for b in berichten))
        gezegd = await hoor.verwerk(tx, berichten)
        await zeg(tx, gezegd)
    return [feit for _, feit in gezegd]


async def test_a_positive_decision_ends_the_registration_the_next_day_and_only_once(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ)
    persoon = await voordeur.persoon(BSNS[0])
    wat = besluit(persoon, date(2024, 3, 14))
    (einde,) = await hoort(voordeur, wat)
    assert isinstance(einde, RegistratieBeeindigd)
    assert (einde.tot, einde.reden, einde.bekend_op) == (date(2024, 3, 15), EindReden.BESCHUT_WERK, None)
    assert await hoort(voordeur, wat) == []
    assert await voordeur.namen() == ["registratie-ingegaan", "registratie-beeindigd"]
    assert (await voordeur.rijen("registraties", RIJ))["ongewijzigd"] == 1


async def test_a_decision_that_comes_first_ends_the_registration_when_it_comes(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    assert await hoort(voordeur, besluit(persoon, date(2024, 3, 14))) == []
    await voordeur.rijen("registraties", RIJ)
    begin, einde = await voordeur.feiten()
    assert isinstance(einde, RegistratieBeeindigd)
    assert (einde.tot, einde.reden) == (date(2024, 3, 15), EindReden.BESCHUT_WERK)
    assert [r.tot for r in einde.registraties] == [date(2024, 3, 15)]
    assert begin.naam == "registratie-ingegaan"


async def test_a_negative_decision_or_one_about_a_stranger_says_nothing(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ)
    persoon = await voordeur.persoon(BSNS[0])
    op = date(2024, 3, 14)
    assert await hoort(voordeur, besluit(persoon, op, Uitkomst.NEGATIEF), besluit(uuid4(), op)) == []
    assert await voordeur.aantal("registratie") == 1


async def test_a_decision_from_history_is_known_when_it_was_known_then(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", RIJ | {"bekend_op": "2020-02-01"})
    persoon = await voordeur.persoon(BSNS[0])
    toen = datetime(2021, 5, 10, tzinfo=UTC)
    (einde,) = await hoort(voordeur, besluit(persoon, date(2021, 5, 1), bekend_op=toen))
    assert einde.bekend_op == toen


def indicatie(persoon: UUID, op: date, uitkomst: Uitkomst = Uitkomst.POSITIEF) -> Feit:
    return IndicatieVastgesteld(
        persoon=persoon,
        aanvraag=uuid4(),
        uitkomst=uitkomst,
        op=op,
        gemeente="0014",
        grondslag=Grondslag.PW_INDICATIE,
        binnen_termijn=True,
    )


async def test_a_positive_indication_registers_from_its_day_and_only_once(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    wat = indicatie(persoon, date(2024, 3, 14))
    (begin,) = await hoort(voordeur, wat)
    assert isinstance(begin, RegistratieIngegaan)
    assert (begin.grondslag, begin.van, begin.woonplaatsen[0].gemeente) == (
        Grondslag.PW_INDICATIE,
        date(2024, 3, 14),
        "0014",
    )
    assert await hoort(voordeur, wat) == []
    assert await hoort(voordeur, indicatie(persoon, date(2024, 5, 1))) == []  # zij staat er al op deze grond
    assert await voordeur.aantal("registratie") == 1


async def test_a_negative_indication_or_one_without_a_ground_registers_nobody(voordeur: Voordeur) -> None:
    persoon, op = await voordeur.persoon(BSNS[0]), date(2024, 3, 14)
    ouder = IndicatieVastgesteld(persoon=persoon, aanvraag=uuid4(), uitkomst=Uitkomst.POSITIEF, op=op)
    assert await hoort(voordeur, indicatie(persoon, op, Uitkomst.NEGATIEF), ouder, indicatie(uuid4(), op)) == []
    assert await voordeur.aantal("registratie") == 0


async def test_an_indication_after_somebody_died_registers_nobody(voordeur: Voordeur) -> None:
    rij = {"bsn": BSNS[0], "geboortedatum": "1980-01-01", "overleden_op": "2024-03-01"}
    assert (await voordeur.rijen("personen", rij))["aanvaard"] == 1
    persoon = await voordeur.persoon(BSNS[0])
    assert await hoort(voordeur, indicatie(persoon, date(2024, 3, 14))) == []
