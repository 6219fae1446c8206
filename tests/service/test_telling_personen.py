"""`maat=personen`: ieder met werk dat telt één keer, bij haar hoofdbaan, zoals toen bekend."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from banenspoor_contracts import INLEEN, Cel, Contract, Grondslag, Reden, Sector, Vorm
from banenspoor_contracts.wie_telt import telt, versie_op
from hypothesis import strategies as st

from services.telling.handlers import Verwerker
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_naief import antwoord, voor_elk
from tests.service.test_telling_cijfers import GEBIEDEN, Telling, telling
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
Q4 = {"reeks": "kwartaal", "periode": "2023-Q4", "maat": "personen"}
FORMEEL, UITZEND = cel(), cel("0363", vorm=Vorm.UITZENDRELATIE)
OVERHEID = cel("0363", sector=Sector.OVERHEID)
BESCHUT = cel(vorm=Vorm.BESCHUT_WERK)


def werkt(persoon: int, baan: int, x100: int | None, waar: Cel = FORMEEL, vorig: int | None = None, **rest: Any) -> Any:
    return uren(x100, vorig, persoon=UUID(int=persoon), plaatsing=UUID(int=100 * persoon + baan), cel=waar, **rest)


def per(uit: dict[str, Any], *namen: str) -> dict[Any, int]:
    """De cellen boven nul."""
    return {tuple(c[n] for n in namen): c["personen"] for c in uit["cellen"] if c["personen"]}


async def test_ieder_telt_een_keer_bij_de_baan_met_de_meeste_uren(telling: Telling) -> None:
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.relay(BEGIN)
    await boek(
        telling.pool,
        bericht(werkt(1, 1, 4_000)),
        bericht(werkt(1, 2, 9_000, OVERHEID)),
        bericht(werkt(1, 3, 20_000, BESCHUT)),  # de meeste uren, maar zij tellen niet
        bericht(werkt(2, 1, 1_000, UITZEND)),
        bericht(werkt(3, 1, 5_000, BESCHUT)),
        bericht(werkt(4, 1, 5_000, maand="2023-11")),  # in de laatste maand niet
        bericht(werkt(5, 1, 500)),
        bericht(werkt(5, 2, -500)),  # samen niet boven nul
        bericht(werkt(6, 1, 1_000)),
    )
    assert per(await telling.cijfer(**Q4)) == {(): 3}
    sectoren = await telling.cijfer(**Q4, per="sector,vorm")
    assert per(sectoren, "sector", "vorm") == {
        ("markt", "formeel"): 1,
        ("overheid", "formeel"): 1,
        (None, "inleen"): 1,
    }
    assert per(await telling.cijfer(**Q4, per="regio"), "regio", "regioNaam") == {
        ("AM01", "Groningen"): 1,
        ("AM18", "Groot Amsterdam"): 2,
    }
    assert per(await telling.cijfer(**Q4, per="gemeente", sector="overheid"), "gemeente") == {("0363",): 1}
    assert per(await telling.cijfer(**Q4, sector="markt")) == {(): 1}, "wie er een bijbaan heeft, telt er niet"
    assert per(await telling.cijfer(**Q4, regio="AM18", vorm="inleen")) == {(): 1}
    assert [c["status"] for c in sectoren["cellen"]] == ["indicatief"] * 3
    assert sectoren["cellen"][0]["regels"]["wieTelt"]["versie"] == "wfsv-38b"
    assert any("hoofdbaan" in noot for noot in sectoren["voetnoten"])
    assert "uren" not in sectoren["cellen"][0]


async def test_de_reeksen_mengen_niet_en_een_jaar_verdeelt_geen_mensen(telling: Telling) -> None:
    await telling.regels(
        "verdeelsleutel", {"peiljaar": "2023", "markt": "72,8", "overheid": "27,2", "besloten_op": "2024-07-12"}
    )
    await boek(
        telling.pool, bericht(werkt(1, 1, 100, UITZEND, maand="2023-12")), bericht(werkt(2, 1, 100, maand="2023-11"))
    )
    maanden = await telling.cijfer(reeks="lopend", periode="2023-10..2023-12", maat="personen", per="vorm")
    assert per(maanden, "periode", "vorm") == {("2023-11", "formeel"): 1, ("2023-12", "uitzendrelatie"): 1}
    jaar = await telling.cijfer(reeks="jaarmeting", periode="2023", maat="personen", per="sector")
    assert per(jaar, "sector") == {(None,): 1}
    assert {c["status"] for c in maanden["cellen"]} == {"lopend"}
    assert (await telling.vraag(reeks="jaarmeting", periode="2023-Q4", maat="personen")).json()[
        "code"
    ] == "andere_periode"


async def test_bij_gelijke_uren_beslist_de_cel_en_niet_wie_het_eerst_kwam(telling: Telling) -> None:
    cellen = (FORMEEL, UITZEND, OVERHEID)
    for persoon, volgorde in enumerate([cellen, cellen[::-1]], start=1):
        await boek(telling.pool, *(bericht(werkt(persoon, baan, 5_000, c)) for baan, c in enumerate(volgorde)))
    eerste = min(cellen, key=lambda c: c.bytes_())
    inleen = eerste.vorm in INLEEN
    verwacht = None if inleen else eerste.sector.value, "inleen" if inleen else "formeel"
    assert per(await telling.cijfer(**Q4, per="sector,vorm"), "sector", "vorm") == {verwacht: 2}


async def test_zoals_toen_bekend_wie_telt_en_volledigheid(telling: Telling) -> None:
    t1, t2 = datetime(2024, 1, 31, 12, tzinfo=UTC), datetime(2024, 6, 14, 12, tzinfo=UTC)
    await boek(telling.pool, bericht(werkt(1, 1, 5_000), t1))
    eerst = await telling.cijfer(**Q4, bekendOp="2024-02-01", per="sector")
    await boek(telling.pool, bericht(werkt(1, 1, 4_000, OVERHEID, 5_000, reden=Reden.SECTOR_CORRECTIE), t2))
    toen, nu = await telling.cijfer(**Q4, bekendOp="2024-02-01", per="sector"), await telling.cijfer(**Q4, per="sector")
    assert eerst["cellen"] == toen["cellen"]
    assert (per(toen, "sector"), per(nu, "sector")) == ({("markt",): 1}, {("overheid",): 1})
    assert toen["volledigheid"] == {"verwacht": 0, "gehoord": 1}
    await telling.sluit_historie(t1 + timedelta(days=60))
    assert (await telling.cijfer(**Q4, bekendOp="2024-02-01"))["vast"] is True


CELLEN = [
    cel(gemeente, sector=sector, vorm=vorm, contract=contract, grondslagen_maand=gronden, grondslagen_kwartaal=gronden)
    for gemeente, sector, vorm, contract, gronden in (
        ("0014", Sector.MARKT, Vorm.FORMEEL, Contract.VAST, (Grondslag.WSW,)),
        ("0014", Sector.OVERHEID, Vorm.FORMEEL, Contract.VAST, (Grondslag.WSW,)),
        ("0363", Sector.MARKT, Vorm.UITZENDRELATIE, Contract.TIJDELIJK, (Grondslag.PW_INDICATIE, Grondslag.WSW)),
        ("0363", Sector.MARKT, Vorm.FORMEEL, Contract.TIJDELIJK, ()),
        ("9998", Sector.MARKT, Vorm.BESCHUT_WERK, Contract.VAST, (Grondslag.WSW,)),
        ("1680", Sector.MARKT, Vorm.WSW_DETACHERING, Contract.VAST, (Grondslag.WSW,)),
    )
]
STANDEN = st.tuples(
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(["2023-11", "2023-12"]),
    st.none() | st.tuples(st.sampled_from([-100, 0, 50, 100, 100, 200]), st.sampled_from(CELLEN)),
)
"""(persoon, baan, maand, stand): wat er over die maand het laatst gezegd is; None is ingetrokken."""


def hertel(stand: dict[tuple[int, int, str], tuple[int, Cel]], maand: str) -> Counter[Cel]:
    """De hoofdbaan van ieder die werkt, uit de laatst gezegde uren; geen SQL, geen code van telling."""
    wet = versie_op(date(2023, 12, 31))
    hoofd: Counter[Cel] = Counter()
    rijen = [
        (p, x100, c) for (p, _, m), (x100, c) in stand.items() if m == maand and telt(c.grondslagen_maand, c.vorm, wet)
    ]
    for _, banen in groupby(sorted(rijen, key=lambda rij: rij[0]), key=lambda rij: rij[0]):
        alle = [(x100, c) for _, x100, c in banen]
        if sum(x100 for x100, _ in alle) > 0:
            hoofd[min(alle, key=lambda baan: (-baan[0], baan[1].bytes_()))[1]] += 1
    return hoofd


def _kenmerk(c: Cel, naam: str) -> str | None:
    inleen = c.vorm in INLEEN
    match naam:
        case "sector":
            return None if inleen else c.sector.value
        case "vorm":
            return "inleen" if inleen else "formeel"
        case "gemeente":
            return c.gemeente_werk if c.gemeente_werk in ("0014", "0363") else "onbekend"
        case "regio":
            return {"0014": "AM01", "0363": "AM18"}.get(c.gemeente_werk, "onbekend")
        case "grondslag":
            return "+".join(c.grondslagen_maand)
    return c.contract.value


async def test_gelijk_aan_een_hertelling_van_de_gebeurtenissen(db: MaakDatabase) -> None:
    """Voor elke historie van nieuwe, verbeterde en ingetrokken uren, elk moment, elke uitsplitsing; cellen tellen op."""
    database = await db("telling")
    async with database.pool.acquire() as conn:
        await conn.execute(
            "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis) select 'gebieden', g, 'v', "
            "jsonb_build_object('gemeente', g, 'gemeenteNaam', g, 'regio', r, 'regioNaam', r, 'van', '2012-01-01'), '', "
            "'2013-01-01', gen_random_uuid() from (values ('0014', 'AM01'), ('0363', 'AM18')) v (g, r)"
        )

    async def proef(tx: Tx, historie: Sequence[tuple[int, int, str, tuple[int, Cel] | None]]) -> None:
        stand: dict[tuple[int, int, str], tuple[int, Cel]] = {}
        momenten, berichten = [dict(stand)], []
        for dag, (persoon, baan, maand, nieuw) in enumerate(historie):
            sleutel = (persoon, baan, maand)
            oud = stand.pop(sleutel, None)
            if nieuw is not None:
                stand[sleutel] = nieuw
            if oud != nieuw:
                vorig: dict[str, Any] = {"vorig": oud[0], "was": oud[1]} if oud else {}
                feit = werkt(
                    persoon, baan, nieuw[0] if nieuw else None, nieuw[1] if nieuw else FORMEEL, maand=maand, **vorig
                )
                berichten.append(bericht(feit, BEGIN + timedelta(days=dag)))
            momenten.append(dict(stand))
        helft = len(berichten) // 2
        for batch in (berichten[helft:], berichten[:helft]):  # ook als een latere eerder geboekt wordt
            await Verwerker()(tx, batch)
        for gezien in {0, len(historie) // 2, len(historie)}:
            bekend = (BEGIN + timedelta(days=gezien, hours=-1)).isoformat()
            verwacht = hertel(momenten[gezien], "2023-12")
            vraag = Q4 | {"bekend_op": bekend}
            assert sum(per(await antwoord(tx, **vraag)).values()) == verwacht.total()
            for namen in (
                ("sector",),
                ("vorm",),
                ("gemeente",),
                ("regio",),
                ("grondslag",),
                ("sector", "vorm", "contract"),
            ):
                naief: Counter[tuple[str | None, ...]] = Counter()
                for c, aantal in verwacht.items():
                    naief[tuple(_kenmerk(c, naam) for naam in namen)] += aantal
                assert per(await antwoord(tx, **vraag, per=",".join(namen)), *namen) == dict(naief)
            lopend = {"reeks": "lopend", "maat": "personen", "bekend_op": bekend, "periode": "2023-11"}
            assert sum(per(await antwoord(tx, **lopend)).values()) == hertel(momenten[gezien], "2023-11").total()

    await voor_elk(database.pool, st.lists(STANDEN, max_size=14), proef)
