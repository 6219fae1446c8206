"""Overstappen tussen beschut werk, banenafspraak en regulier werk: de matrix van een kwartaal, naast een telling per mens."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import (
    Grondslag,
    PlaatsingEindReden,
    Registratie,
    RegistratieIngegaan,
    Vorm,
    Woonplaats,
)
from hypothesis import strategies as st

from services.beoordeling.domain.overstappen import Deelname, kwartaal, matrix
from services.beoordeling.store import deelname
from shared.db import Pool, Tx
from tests.conftest import MaakDatabase
from tests.service.telling_naief import voor_elk
from tests.service.test_beoordeling_api import Beoordelingsdeur, bdeur
from tests.service.test_beoordeling_plaatsen import baan, einde, neem, positief
from tests.service.test_beoordeling_service import stuur

__all__ = ["bdeur"]


@pytest.fixture
async def pool(db: MaakDatabase) -> Pool:
    return (await db("beoordeling")).pool


def geregistreerd(persoon: UUID, van: str) -> RegistratieIngegaan:
    begin = date.fromisoformat(van)
    return RegistratieIngegaan(
        persoon=persoon,
        grondslag=Grondslag.PW_INDICATIE,
        van=begin,
        registraties=(Registratie(grondslag=Grondslag.PW_INDICATIE, van=begin),),
        woonplaatsen=(Woonplaats(gemeente="0014", van=begin),),
    )


def test_a_quarter_is_two_days() -> None:
    assert kwartaal("2024-Q1") == (date(2023, 12, 31), date(2024, 3, 31))
    assert kwartaal("2024-Q4") == (date(2024, 9, 30), date(2024, 12, 31))
    assert kwartaal("2024-Q5") is None
    assert len(matrix({})) == 15


async def test_who_moves_from_sheltered_work_to_the_agreement_and_back(bdeur: Beoordelingsdeur) -> None:
    pool, persoon, vast = bdeur.database.pool, uuid4(), uuid4()
    beschut, elders = uuid4(), uuid4()
    await positief(pool, "A0", persoon)
    await neem(pool, baan(vast, uuid4(), "2020-01-01", vorm=Vorm.FORMEEL))
    await neem(pool, baan(persoon, beschut, "2024-04-10"), geregistreerd(persoon, "2024-05-01"))
    await neem(pool, baan(persoon, elders, "2024-05-01", vorm=Vorm.FORMEEL))
    await neem(pool, einde(persoon, beschut, "2024-05-01", PlaatsingEindReden.ANDERE_BAAN))
    stand = await pool.fetchval("select toestand from aanvraag")
    assert stand == "TERUGKEERRECHT"
    assert (await stuur(pool, "terugkeer", {"referentie": "A0", "op": "2024-06-01"})).aanvaard == 1
    uit = (await bdeur.lees("/v1/overstappen?periode=2024-Q2")).json()
    telt = {(o["van"], o["naar"]): o["personen"] for o in uit["overstappen"] if o["personen"]}
    assert telt == {("ELDERS", "BANENAFSPRAAK"): 1, ("REGULIER", "REGULIER"): 1}
    assert (uit["uitgestroomdMetTerugkeerrecht"], uit["teruggekeerd"]) == (1, 1)
    assert (await bdeur.lees("/v1/overstappen?periode=2024-Q2&gemeente=0034")).json()["teruggekeerd"] == 0
    for vraag in ("periode=2024", "periode=2024-Q2&gemeente=9999", "x=1"):
        assert (await bdeur.lees(f"/v1/overstappen?{vraag}")).status_code == 400


DAG = st.dates(date(2023, 10, 1), date(2024, 6, 30))
BANEN = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([*Vorm]), DAG, st.none() | DAG, st.booleans()), max_size=12
)
REGISTER = st.lists(st.tuples(st.integers(1, 5), DAG, st.none() | DAG), max_size=5)


def _naief(banen: list[Any], register: list[Any], begin: date, eind: date) -> Counter[tuple[str, str]]:
    def loopt(van: date, tot: date | None, dag: date) -> bool:
        return van <= dag and (tot is None or dag < tot)

    def hoe(wie: int, dag: date) -> str:
        vormen = {v for p, v, van, tot, weg in banen if p == wie and not weg and loopt(van, tot, dag)}
        vormen -= {Vorm.WSW_BESCHUT, Vorm.PROEFPLAATSING}
        if not vormen:
            return "ELDERS"
        if Vorm.BESCHUT_WERK in vormen:
            return "BESCHUT"
        return "BANENAFSPRAAK" if any(p == wie and loopt(v, t, dag) for p, v, t in register) else "REGULIER"

    telt = Counter((hoe(wie, begin), hoe(wie, eind)) for wie in range(1, 6))
    telt.pop(("ELDERS", "ELDERS"), None)
    return telt


async def test_the_matrix_equals_a_count_per_person(pool: Pool) -> None:
    async def proef(tx: Tx, historie: tuple[list[Any], list[Any]]) -> None:
        banen, register = historie
        banen = [(p, v, van, tot if tot is None or tot > van else None, weg) for p, v, van, tot, weg in banen]
        register = [(p, van, tot if tot is None or tot > van else None) for p, van, tot in register]
        for p, vorm, van, tot, weg in banen:
            await tx.execute(
                "insert into werk (plaatsing, persoon, vorm, gemeente, uren_per_week_x100, van, tot, versie, ongedaan)"
                " values ($1, $2, $3, '0014', 3100, $4, $5, 1, $6)",
                *(uuid4(), UUID(int=p), str(vorm), van, tot, weg),
            )
        for p, van, tot in register:
            await tx.execute("insert into geregistreerd values ($1, $2, $3)", UUID(int=p), van, tot)
        begin, eind = date(2023, 12, 31), date(2024, 3, 31)
        telt = await deelname.overstappen(tx, begin, eind, None)
        assert telt == {(Deelname(v), Deelname(n)): c for (v, n), c in _naief(banen, register, begin, eind).items()}

    await voor_elk(pool, st.tuples(BANEN, REGISTER), proef)
