"""Van elke registerboeking is onthouden welke gebeurtenis haar bracht en welke reden die noemde."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from banenspoor_contracts import (
    CorrectieReden,
    EindReden,
    Grondslag,
    PersoonSamengevoegd,
    PersoonVerhuisd,
    Registratie,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
)

from deploy.lokaal.stack import Stack
from shared import outbox
from shared.db import maak_pool
from shared.migreer import migreer
from shared.settings import WORTEL, lees_topics
from tests.conftest import MaakDatabase
from tests.service.test_telling_grootboek import PERSOON, bericht, boek

VAN, TOT = date(2015, 1, 1), date(2020, 1, 1)
WSW, GESLOTEN = Registratie(grondslag=Grondslag.WSW, van=VAN), Registratie(grondslag=Grondslag.WSW, van=VAN, tot=TOT)
WOON: dict[str, Any] = {"woonplaatsen": ()}
INGEGAAN = RegistratieIngegaan(persoon=PERSOON, grondslag=Grondslag.WSW, van=VAN, registraties=(WSW,), **WOON)


async def test_elke_registerboeking_noemt_haar_gebeurtenis_en_reden(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    for feit in (
        INGEGAAN,
        RegistratieBeeindigd(
            persoon=PERSOON,
            grondslag=Grondslag.WSW,
            tot=TOT,
            reden=EindReden.BESCHUT_WERK,
            registraties=(GESLOTEN,),
            **WOON,
        ),
        RegistratieGecorrigeerd(
            persoon=PERSOON, vorige=(GESLOTEN,), reden=CorrectieReden.DATUM, registraties=(WSW,), **WOON
        ),
        PersoonVerhuisd(persoon=PERSOON, registraties=(WSW,), **WOON),  # verandert niets aan het register
        PersoonSamengevoegd(persoon=PERSOON, in_=UUID(int=9), registraties=(), **WOON),
    ):
        await boek(pool, bericht(feit))
    rijen = await pool.fetch("select tot, delta, soort, reden from registerboeking order by publicatienr, delta")
    assert [tuple(rij) for rij in rijen] == [
        (None, 1, "registratie-ingegaan", None),
        (None, -1, "registratie-beeindigd", "BESCHUT_WERK"),
        (TOT, 1, "registratie-beeindigd", "BESCHUT_WERK"),
        (TOT, -1, "registratie-gecorrigeerd", "DATUM"),
        (None, 1, "registratie-gecorrigeerd", "DATUM"),
        (None, -1, "persoon-samengevoegd", None),
    ]


async def test_van_wat_eerder_geboekt_is_blijft_de_gebeurtenis_onbekend(stack: Stack) -> None:
    """En de vorige versie van de dienst kan blijven boeken zolang zij nog draait."""
    outbox.ken_topics(lees_topics(WORTEL / "deploy" / "topics.yml"))
    eigenaar, app = await asyncio.to_thread(stack.maak_database, f"proef_{uuid4().hex[:12]}", "telling")
    await asyncio.to_thread(migreer, "telling", eigenaar, "0002")
    oud = "insert into registerboeking values (7, 'WSW', '2015-01-01', null, 1, 1, 1, 1)"
    conn = await asyncpg.connect(eigenaar)
    await conn.execute(oud)
    await asyncio.to_thread(migreer, "telling", eigenaar)
    await conn.execute(oud)
    await conn.close()
    pool = await maak_pool(app, 2)
    try:
        await boek(pool, bericht(INGEGAAN))
        rijen = await pool.fetch("select soort, reden from registerboeking order by publicatienr, soort")
        assert [tuple(rij) for rij in rijen] == [("onbekend", None)] * 2 + [("registratie-ingegaan", None)]
    finally:
        await pool.close()
