"""Aanvragen gaan mee als iemand in een ander opgaat, en zijn weg als zij vergeten wordt."""

from uuid import UUID, uuid4

from banenspoor_contracts import Feit, PersoonSamengevoegd, PersoonsgegevensVernietigd

from services.beoordeling.handlers import hoor
from shared.db import Pool, vergrendel
from shared.envelope import Bericht
from tests.conftest import MaakDatabase
from tests.service.test_beoordeling_service import OPDRACHT, PERSOON, aanvraag, advies, besluit, gezegd, stuur


async def neem(pool: Pool, feit: Feit) -> None:
    """Hoort één feit zoals de inbox het aanbiedt."""
    bericht = Bericht(*(feit.topic, 0, 1, 1, uuid4(), "intake", feit.type_, OPDRACHT.nu, feit.sleutel(), feit.bytes_()))
    async with pool.acquire() as tx, tx.transaction():
        await vergrendel(tx, [feit.sleutel()])
        assert await hoor.verwerk(tx, [bericht]) == []


def samengevoegd(persoon: UUID, in_: UUID) -> PersoonSamengevoegd:
    return PersoonSamengevoegd(persoon=persoon, registraties=(), woonplaatsen=(), in_=in_)


async def test_an_application_goes_on_under_the_other_number(db: MaakDatabase) -> None:
    pool, nieuw = (await db("beoordeling")).pool, uuid4()
    await stuur(pool, "aanvragen", aanvraag())
    await neem(pool, samengevoegd(PERSOON, nieuw))
    await stuur(pool, "adviezen", advies())
    uitslag = await stuur(pool, "aanvragen", aanvraag(), aanvraag("A2"))
    assert (uitslag.aanvaard, uitslag.ongewijzigd, uitslag.fouten) == (1, 1, [])
    await stuur(pool, "besluiten", besluit())
    assert [UUID(data["persoon"]) for _, data in await gezegd(pool)] == [PERSOON, nieuw, nieuw, nieuw]


async def test_a_forgotten_person_has_no_applications_and_gets_none(db: MaakDatabase) -> None:
    pool = (await db("beoordeling")).pool
    await stuur(pool, "aanvragen", aanvraag(), aanvraag("A2", persoon=str(uuid4())))
    await neem(pool, PersoonsgegevensVernietigd(persoon=PERSOON))
    assert await pool.fetchval("select array_agg(referentie) from aanvraag") == ["A2"]
    uitslag = await stuur(pool, "aanvragen", aanvraag("A3"))
    assert [(f.kolom, f.code) for f in uitslag.fouten] == [("persoon", "vernietigd")]
