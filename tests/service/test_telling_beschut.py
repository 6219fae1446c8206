"""Beschut werk in telling: de cijfers van de brief van 30 juni 2017 uit gebeurtenissen, vintages, en een telling ernaast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import (
    AantalBron,
    AanvraagIngetrokken,
    AanvraagOntvangen,
    AanvraagSoort,
    Aanvrager,
    AdviesUitgebracht,
    BesluitBeschutWerkGenomen,
    Contract,
    Feit,
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PlaatsAangeboden,
    PlaatsingBeeindigd,
    PlaatsingEindReden,
    PlaatsingGestart,
    Sector,
    TeRealiserenAantalVastgesteld,
    Uitkomst,
    VoorzieningBeslist,
    Vorm,
)
from hypothesis import strategies as st

from services.telling.beschut import verwerk
from services.telling.beschut_api import beantwoord
from services.telling.beschut_vraag import Parameters, lees
from services.telling.domain.perioden import Onjuist
from shared.db import Pool, Tx
from tests.conftest import MaakDatabase
from tests.service.telling_naief import voor_elk
from tests.service.test_telling_grootboek import bericht

POS, NEG = Uitkomst.POSITIEF, Uitkomst.NEGATIEF
NU = datetime(2024, 6, 1, 12, tzinfo=UTC)
TOEN = datetime(2017, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
async def pool(db: MaakDatabase) -> Pool:
    return (await db("telling")).pool


def aanvraag(nr: int, op: date, aanvrager: Aanvrager = Aanvrager.GEMEENTE, **anders: Any) -> AanvraagOntvangen:
    velden: dict[str, Any] = {
        "persoon": UUID(int=nr),
        "aanvraag": UUID(int=10**6 + nr),
        "soort": AanvraagSoort.BESCHUT_WERK,
        "aanvrager": aanvrager,
        "gemeente": "0014",
        "ontvangen_op": op,
        "uiterlijk": op + timedelta(weeks=8),
    }
    return AanvraagOntvangen(**(velden | anders))


def advies(nr: int, op: date, uitkomst: Uitkomst = POS, binnen: bool = True, **anders: Any) -> AdviesUitgebracht:
    velden: dict[str, Any] = {
        "persoon": UUID(int=nr),
        "aanvraag": UUID(int=10**6 + nr),
        "uitkomst": uitkomst,
        "uitgebracht_op": op,
        "binnen_termijn": binnen,
    }
    return AdviesUitgebracht(**(velden | anders))


def baan(nr: int, van: date, tot: date | None = None, vorm: Vorm = Vorm.BESCHUT_WERK) -> PlaatsingGestart:
    return PlaatsingGestart(
        persoon=UUID(int=nr),
        plaatsing=UUID(int=2 * 10**6 + nr),
        versie=1,
        werkgever=UUID(int=3),
        vorm=vorm,
        contract=Contract.VAST,
        uren_per_week_x100=3100,
        gemeente_werk="0014",
        sector=Sector.OVERHEID,
        van=van,
        tot=tot,
    )


async def boek(tx: Tx, *feiten: Feit, tijd: datetime = TOEN) -> None:
    await verwerk(tx, [bericht(f, tijd) for f in feiten])


async def vraag(tx: Tx, **parameters: str) -> dict[str, Any]:
    return await beantwoord(tx, lees(Parameters(**parameters), NU), NU)


async def cijfer(pool: Pool, **parameters: str) -> dict[str, Any]:
    async with pool.acquire() as tx, tx.transaction():
        return await vraag(tx, **parameters)


BURGER = ((12, 7), (90, 50), (144, 84), (145, 84), (179, 115))
GEMEENTE = ((64, 50), (64, 51), (64, 54), (64, 52), (64, 54))
"""Per maand (beoordelingen, positief): wat de brief noemt staat vast, februari en april vullen aan tot haar totalen."""


def brief() -> list[Feit]:
    """Alle aanvragen en beoordelingen van 2016 en januari–mei 2017; aanvragen zijn er meer, want sommige wachten nog."""
    maanden = [(date(2016, 6, 15), Aanvrager.GEMEENTE, 540, 388)]
    for aanvrager, reeks in ((Aanvrager.BURGER, BURGER), (Aanvrager.GEMEENTE, GEMEENTE)):
        maanden += [(date(2017, nr, 20), aanvrager, n, p) for nr, (n, p) in enumerate(reeks, start=1)]
    uit: list[Feit] = []
    nr = 0
    for op, aanvrager, aantal, positief in maanden:
        for i in range(aantal):
            nr += 1
            uit.append(aanvraag(nr, op - timedelta(weeks=5), aanvrager))
            uit.append(advies(nr, op, POS if i < positief else NEG))
    return [*uit, *(aanvraag(nr + i, date(2017, 5, 30)) for i in range(1, 8))]


async def test_letter_002_comes_out_of_events(pool: Pool) -> None:
    async with pool.acquire() as tx, tx.transaction():
        await boek(tx, *brief())
    uit = await cijfer(pool, periode="2017-01..2017-05", per="aanvrager")
    totaal = {t["aanvrager"]: t for t in uit["totaal"]}
    assert {a: (t["beoordelingen"], t["positief"]) for a, t in totaal.items()} == {
        "GEMEENTE": (320, 261),
        "BURGER": (570, 340),
    }
    assert (totaal["GEMEENTE"]["aandeelPositiefProcentX10"], totaal["BURGER"]["aandeelPositiefProcentX10"]) == (
        816,
        596,
    )
    (samen,) = (await cijfer(pool, periode="2017-01..2017-05"))["totaal"]
    assert (samen["beoordelingen"], samen["positief"]) == (890, 601)
    assert (samen["aandeelPositiefProcentX10"], samen["aandeelPositiefExact"]) == (675, "601/890")  # nooit 710
    assert (samen["positiefPerJaar"], samen["positiefPerJaarExact"]) == (1442, "7212/5")
    assert samen["aanvragen"] != samen["beoordelingen"]
    (jaar,) = (await cijfer(pool, periode="2016"))["cellen"]
    assert (jaar["beoordelingen"], jaar["positief"], jaar["aandeelPositiefProcentX10"]) == (540, 388, 719)
    burger = await cijfer(pool, periode="2017-01..2017-05", aanvrager="BURGER")
    assert [c["beoordelingen"] for c in burger["cellen"]] == [12, 90, 144, 145, 179]
    assert [c["aandeelPositiefProcentX10"] for c in (burger["cellen"][0], burger["cellen"][4])] == [583, 642]


async def test_a_corrected_advice_has_vintages(pool: Pool) -> None:
    op = date(2017, 3, 1)
    async with pool.acquire() as tx, tx.transaction():
        await boek(tx, aanvraag(1, date(2017, 1, 9)), advies(1, op))
        await boek(tx, advies(1, op, NEG, binnen=False), tijd=TOEN + timedelta(days=10))
        await boek(tx, aanvraag(1, date(2017, 1, 9), Aanvrager.BURGER), tijd=TOEN + timedelta(days=20))
    stand = []
    for dag in ("2017-06-01", "2017-07-01", "2017-07-15", "2017-08-01"):
        cellen = (await cijfer(pool, periode="2017-03", per="aanvrager", bekendOp=dag))["cellen"]
        stand.append(
            [(c["aanvrager"], c["beoordelingen"], c["positief"], c["adviesBinnenTermijnExact"]) for c in cellen]
        )
    assert stand == [
        [],
        [("GEMEENTE", 1, 1, "1/1")],
        [("GEMEENTE", 1, 0, "0/1")],
        [("BURGER", 1, 0, "0/1")],
    ]
    som = await pool.fetchval("select sum(delta) from beschutboeking")
    assert som == 2


async def test_who_works_within_three_months_and_who_works_at_all(pool: Pool) -> None:
    feiten = [f for nr in range(1, 6) for f in (aanvraag(nr, date(2024, 1, 8)), advies(nr, date(2024, 1, 31)))]
    async with pool.acquire() as tx, tx.transaction():
        await boek(tx, *feiten, aanvraag(6, date(2024, 4, 1)), advies(6, date(2024, 5, 20)))
        await boek(
            tx, baan(1, date(2024, 4, 30)), baan(2, date(2024, 5, 1)), baan(3, date(2024, 2, 1), vorm=Vorm.FORMEEL)
        )
        await boek(tx, baan(4, date(2024, 2, 1), date(2024, 3, 1)))
        einde = {"persoon": UUID(int=1), "plaatsing": UUID(int=2 * 10**6 + 1), "versie": 2, "tot": date(2024, 5, 31)}
        await boek(tx, PlaatsingBeeindigd(**einde, reden=PlaatsingEindReden.ONTSLAG))
    cellen = {c["periode"]: c for c in (await cijfer(pool, periode="2024-01..2024-05"))["cellen"]}
    assert (cellen["2024-01"]["binnenDrieMaandenExact"], cellen["2024-01"]["binnenDrieMaandenLooptNog"]) == ("2/5", 0)
    assert (cellen["2024-05"]["binnenDrieMaandenExact"], cellen["2024-05"]["binnenDrieMaandenLooptNog"]) == (None, 1)
    assert [(p, c["werkend"], c["gecreeerd"], c["gecontinueerd"]) for p, c in cellen.items()] == [
        *(("2024-01", 0, 0, 0), ("2024-02", 1, 1, 0), ("2024-03", 0, 0, 0), ("2024-04", 1, 1, 0), ("2024-05", 1, 1, 0)),
    ]


async def test_municipalities_without_application_and_without_offer(pool: Pool) -> None:
    besluit = BesluitBeschutWerkGenomen(
        persoon=UUID(int=1),
        aanvraag=UUID(int=10**6 + 1),
        gemeente="0014",
        uitkomst=POS,
        besluit_op=date(2024, 3, 1),
        binnen_termijn=True,
    )
    aanbod = PlaatsAangeboden(persoon=UUID(int=1), aanvraag=UUID(int=10**6 + 1), gemeente="0014", op=date(2024, 3, 2))
    async with pool.acquire() as tx, tx.transaction():
        for code in ("0014", "0034", "0080"):
            await gebied(tx, code)
        await boek(tx, aanvraag(1, date(2024, 1, 8)), advies(1, date(2024, 2, 1)), besluit, aanbod)
        await boek(tx, aanvraag(2, date(2024, 1, 8), Aanvrager.BURGER, gemeente="0034"))
        await boek(
            tx, *(getal(code, n) for code, n in (("0014", 70), ("0034", 28))), getal("0014", 75, AantalBron.VERORDENING)
        )
    uit = await cijfer(pool, periode="2024")
    assert uit["gemeenten"] == {
        "aantal": 3,
        "zonderAanvraag": 2,
        "zonderAanbod": 2,
        "welkeZonderAanvraag": ["0034", "0080"],
        "welkeZonderAanbod": ["0034", "0080"],
    }
    (cel,) = uit["cellen"]
    assert (cel["teRealiseren"], cel["besluiten"], cel["besluitBinnenTermijnExact"], cel["aangeboden"]) == (
        103,
        1,
        "1/1",
        1,
    )
    per = {c["gemeente"]: c["teRealiseren"] for c in (await cijfer(pool, periode="2024", per="gemeente"))["cellen"]}
    assert per == {"0014": 75, "0034": 28}
    (regio,) = (await cijfer(pool, periode="2024", per="regio", gemeente="0034"))["cellen"]
    assert (regio["regio"], regio["aanvragen"]) == ("AM01", 1)


def getal(gemeente: str, aantal: int, bron: AantalBron = AantalBron.REGELING) -> TeRealiserenAantalVastgesteld:
    return TeRealiserenAantalVastgesteld(
        gemeente=gemeente, jaar=2024, aantal=aantal, bron=bron, besloten_op=date(2023, 11, 1), van=date(2024, 1, 1)
    )


async def gebied(tx: Tx, code: str) -> None:
    inhoud = {"gemeente": code, "gemeenteNaam": code, "regio": "AM01", "regioNaam": "Groningen", "van": "2012-01-01"}
    await tx.execute(
        "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis)"
        " values ('gebieden', $1, 'v1', $2, 'proef', '2012-01-01', gen_random_uuid())",
        code,
        inhoud,
    )


async def test_other_kinds_are_shown_per_kind_and_office(pool: Pool) -> None:
    async with pool.acquire() as tx, tx.transaction():
        for nr in range(1, 21):
            soort = AanvraagSoort.WERKGEVERSVOORZIENING
            await boek(tx, aanvraag(nr, date(2024, 1, 8), Aanvrager.WERKGEVER, soort=soort, kantoor="Noord"))
            besluit = {"persoon": UUID(int=nr), "aanvraag": UUID(int=10**6 + nr), "uitkomst": POS}
            await boek(tx, VoorzieningBeslist(**besluit, op=date(2024, 2, 1), binnen_termijn=nr > 2))
        await boek(tx, aanvraag(30, date(2024, 1, 8)))
        weg = AanvraagIngetrokken(persoon=UUID(int=30), aanvraag=UUID(int=10**6 + 30))
        await boek(tx, weg, weg, tijd=datetime(2024, 1, 31, 23, 30, tzinfo=UTC))
    uit = await cijfer(pool, periode="2024-01..2024-02", per="soort,kantoor")
    telt = {(t["soort"], t["kantoor"]): t for t in uit["totaal"]}
    assert telt["WERKGEVERSVOORZIENING", "Noord"]["besluitBinnenTermijnProcentX10"] == 900
    assert telt["BESCHUT_WERK", None]["ingetrokken"] == 1
    (februari,) = [c for c in uit["cellen"] if c["periode"] == "2024-02" and c["soort"] == "BESCHUT_WERK"]
    assert februari["ingetrokken"] == 1  # 31 januari 23.30 UTC is februari in Nederland
    assert uit["gemeenten"] is None


async def test_an_advice_heard_before_its_application_is_counted_when_it_comes(pool: Pool) -> None:
    async with pool.acquire() as tx, tx.transaction():
        await boek(tx, advies(1, date(2017, 3, 1)))
        assert (await vraag(tx, periode="2017-03"))["totaal"] == []
        await boek(tx, aanvraag(1, date(2017, 1, 9)))
        assert (await vraag(tx, periode="2017-03"))["totaal"][0]["beoordelingen"] == 1


async def test_two_numbers_become_one_and_then_none(pool: Pool) -> None:
    weg = PersoonSamengevoegd(persoon=UUID(int=1), registraties=(), woonplaatsen=(), in_=UUID(int=9))
    async with pool.acquire() as tx, tx.transaction():
        await boek(tx, aanvraag(1, date(2024, 1, 8)), advies(1, date(2024, 1, 31)), weg, baan(9, date(2024, 2, 10)))
        assert (await vraag(tx, periode="2024-01"))["cellen"][0]["binnenDrieMaandenExact"] == "1/1"
        await boek(tx, PersoonsgegevensVernietigd(persoon=UUID(int=9)), PersoonsgegevensVernietigd(persoon=UUID(int=1)))
        assert await tx.fetchval("select count(*) from aanvraag") == 0
        await boek(tx, advies(1, date(2024, 1, 31), NEG, persoon=UUID(int=9)))
        assert await tx.fetchval("select count(*) from aanvraag") == 0
        assert await tx.fetchval("select count(*) from persoon") == 0
        assert (await vraag(tx, periode="2024-01"))["cellen"][0]["beoordelingen"] >= 1


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "periode_verplicht"),
        ({"periode": "2017-13"}, "onjuiste_periode"),
        ({"periode": "2017-01..2017-Q2"}, "andere_periode"),
        ({"periode": "2017", "per": "diagnose"}, "onbekende_per"),
        ({"periode": "2017", "soort": "X"}, "onbekende_soort"),
        ({"periode": "2017", "gemeente": "9999"}, "onbekende_gemeente"),
        ({"periode": "2017", "bekendOp": "2999-01-01"}, "toekomst"),
    ],
)
def test_a_wrong_question_is_refused_with_its_code(parameters: dict[str, str], code: str) -> None:
    with pytest.raises(Onjuist) as fout:
        lees(Parameters(**parameters), NU)
    assert fout.value.code == code


FEITEN = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["aanvraag", "advies"]),
        st.dates(date(2017, 1, 1), date(2017, 4, 30)),
        st.sampled_from([Aanvrager.GEMEENTE, Aanvrager.BURGER]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=14,
)


def _naief(feiten: Sequence[Any], tot: int) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Per (maand, aanvrager): aanvragen, beoordelingen, positief, binnen de termijn; alleen de laatste stand telt."""
    gezien: dict[int, dict[str, Any]] = {}
    for nr, wat, dag, aanvrager, positief, binnen in feiten[:tot]:
        gezien.setdefault(nr, {})[wat] = (dag, aanvrager, positief, binnen)
    uit: dict[tuple[str, str], list[int]] = {}
    for dossier in gezien.values():
        if "aanvraag" not in dossier:
            continue  # zonder aanvraag is de soort nog niet bekend
        wie = dossier["aanvraag"][1].value
        uit.setdefault((dossier["aanvraag"][0].strftime("%Y-%m"), wie), [0, 0, 0, 0])[0] += 1
        if "advies" in dossier:
            dag, _, positief, binnen = dossier["advies"]
            cel = uit.setdefault((dag.strftime("%Y-%m"), wie), [0, 0, 0, 0])
            cel[1] += 1
            cel[2] += positief
            cel[3] += binnen
    return {sleutel: (a, b, c, d) for sleutel, (a, b, c, d) in uit.items()}


async def test_every_vintage_equals_a_naive_recount(pool: Pool) -> None:
    async def proef(tx: Tx, feiten: Sequence[Any]) -> None:
        for i, (nr, wat, dag, aanvrager, positief, binnen) in enumerate(feiten):
            feit = (
                aanvraag(nr, dag, aanvrager) if wat == "aanvraag" else advies(nr, dag, POS if positief else NEG, binnen)
            )
            await boek(tx, feit, tijd=TOEN + timedelta(days=i))
        for tot in {0, len(feiten) // 2, len(feiten)}:
            moment = (TOEN + timedelta(days=tot) - timedelta(seconds=1)).isoformat()
            uit = await vraag(tx, periode="2017-01..2017-04", per="aanvrager", bekendOp=moment)
            telt = {
                (c["periode"], c["aanvrager"]): (
                    c["aanvragen"],
                    c["beoordelingen"],
                    c["positief"],
                    0
                    if c["adviesBinnenTermijnExact"] is None
                    else int(c["adviesBinnenTermijnExact"].split("/")[0])
                    * c["beoordelingen"]
                    // int(c["adviesBinnenTermijnExact"].split("/")[1]),
                )
                for c in uit["cellen"]
            }
            assert telt == _naief(feiten, tot)

    await voor_elk(pool, FEITEN, proef, 40)
