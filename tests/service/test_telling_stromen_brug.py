"""`/v1/stromen/revisie` en `…/verklaring`: elk aantal van de stromen is te overbruggen en te openen, zonder rest."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from banenspoor_contracts import Reden
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel

from services.telling.domain.stromen import AANTALLEN
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_historie import HISTORIE, Stap, moment
from tests.service.telling_historie import boek as boek_historie
from tests.service.telling_naief import voor_elk
from tests.service.test_telling_cijfers import Telling, telling
from tests.service.test_telling_eigenschappen import vraag
from tests.service.test_telling_geregistreerd import WSW, op, staat
from tests.service.test_telling_grootboek import bericht, boek, uren

__all__ = ["telling"]
T1, T2, T3 = (datetime(2024, maand, 10, 12, tzinfo=UTC) for maand in (1, 3, 6))
Q4 = {"periode": "2023-Q4"}


async def test_een_registratie_die_later_blijkt_verplaatst_iemand_van_stroom(telling: Telling) -> None:
    """Wie werk vond blijkt toen niet in de doelgroep te zijn geweest: van gevonden naar instroom, door die gebeurtenis."""
    await boek(telling.pool, bericht(staat(1, op(WSW, "2015-01-01")), T1))
    await boek(telling.pool, bericht(uren(5_000, persoon=UUID(int=1)), T1))
    await boek(telling.pool, bericht(staat(1, op(WSW, "2023-10-15")), T2))
    antwoord = await telling.lees("/v1/stromen/revisie", **Q4, bekendVan="2024-02-01")
    per_stroom = {c["stroom"]: [(s["naam"], s["bedrag"]) for s in c["stappen"]] for c in antwoord.json()["cellen"]}
    assert {naam: stappen for naam, stappen in per_stroom.items() if stappen} == {
        "gevonden": [("registratie-ingegaan", -1)],
        "instroom_werkend": [("registratie-ingegaan", 1)],
    }
    await boek(telling.pool, bericht(uren(0, 5_000, persoon=UUID(int=1), reden=Reden.CORRECTIE), T3))
    open_ = (await telling.lees("/v1/stromen/verklaring", **Q4)).json()
    assert open_["formule"].startswith("eind = begin + gevonden")
    eind = next(c for c in open_["cellen"] if c["stroom"] == "eind")
    assert [(b["naam"], b["bedrag"]) for b in eind["bijdragen"]] == [("LEVERING", 1), ("CORRECTIE", -1)]
    assert [b["reden"] for b in open_["boekingen"]] == ["LEVERING", "registratie-ingegaan", "CORRECTIE"]
    assert "persoon" not in open_["boekingen"][0]


async def test_elk_aantal_is_te_overbruggen_en_te_openen(db: MaakDatabase) -> None:
    async def proef(tx: Tx, voorbeeld: tuple[list[Stap], int, int, dict[str, str]]) -> None:
        historie, een, twee, anders = voorbeeld
        await boek_historie(tx, historie)
        van, tot = (moment(min(m, len(historie))).isoformat() for m in sorted((een, twee)))
        parameters = {"periode": "2023-Q3..2024-Q1"} | anders
        eerst, later = [await vraag(tx, "/v1/stromen", parameters | {"bekendOp": m}) for m in (van, tot)]
        brug = await vraag(tx, "/v1/stromen/revisie", parameters | {"bekendVan": van, "bekendTot": tot})
        aantallen = [_aantallen(antwoord) for antwoord in (eerst, later)]
        for cel in brug["cellen"]:
            sleutel = cel["periode"], cel.get("regio"), cel["stroom"]
            assert [cel["begin"], cel["eind"]] == [per.get(sleutel, 0) for per in aantallen], sleutel
            stappen = sum(Fraction(s["bedragExact"]) for s in cel["stappen"])
            assert Fraction(cel["beginExact"]) + stappen == Fraction(cel["eindExact"])
        bekend = {(c["periode"], c.get("regio"), c["stroom"]) for c in brug["cellen"]}
        assert {sleutel for per in aantallen for sleutel in per} <= bekend
        open_ = await vraag(tx, "/v1/stromen/verklaring", parameters | {"bekendOp": tot, "aantal": "1000"})
        delen: dict[tuple[Any, ...], Fraction] = {}
        for boeking in open_["boekingen"]:
            for deel in boeking["delen"]:
                plek = deel["periode"], deel.get("regio"), deel["stroom"]
                delen[plek] = delen.get(plek, Fraction(0)) + Fraction(deel["bedragExact"])
        for sleutel, aantal in aantallen[1].items():
            assert delen.get(sleutel, 0) == aantal, sleutel

    await voor_elk(
        (await db("telling")).pool,
        st.tuples(
            HISTORIE,
            st.integers(0, 14),
            st.integers(0, 14),
            st.sampled_from([{}, {"per": "regio"}, {"regio": "AM18", "plaats": "woon"}]),
        ),
        proef,
        hoeveel=25,
    )


def _aantallen(antwoord: dict[str, Any]) -> dict[tuple[Any, ...], int]:
    return {
        (cel["periode"], cel.get("regio"), naam): cel[to_camel(naam)]
        for cel in antwoord["cellen"]
        for naam in AANTALLEN
    }
