"""`/v1/tellingen/verklaring`: een cijfer geopend tot zijn boekingen; de delen tellen exact op."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import EindReden, Grondslag, Reden, RegistratieBeeindigd, Vorm
from hypothesis import strategies as st

from services.telling.api import open_
from services.telling.vraag import Verklaringparameters, lees_verklaring
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_historie import HISTORIE, Stap, moment
from tests.service.telling_historie import boek as boek_historie
from tests.service.telling_naief import NU, antwoord, voor_elk
from tests.service.test_telling_cijfers import NORM, NULMETING, VAST, Telling, telling
from tests.service.test_telling_geregistreerd import PW, WSW, op, staat
from tests.service.test_telling_grootboek import bericht, boek, cel, uren
from tests.service.test_telling_revisie import MATEN, VRAGEN

__all__ = ["telling"]
T1, T2, T3 = (datetime(2024, maand, 10, 12, tzinfo=UTC) for maand in (1, 3, 6))
Q4 = {"reeks": "kwartaal", "periode": "2023-Q4"}
UITZEND = cel("0363", vorm=Vorm.UITZENDRELATIE)


async def verklaring(tx: Tx, **parameters: Any) -> dict[str, Any]:
    vraag, na = lees_verklaring(gelezen := Verklaringparameters(**parameters), NU)
    return await open_(tx, vraag, na, gelezen.aantal, NU, wie=False)


async def _regels(telling: Telling) -> None:
    await telling.regels("norm", NORM)
    await telling.regels("nulmeting", *(VAST | deel for deel in NULMETING))
    sleutels = [("2012", "76,0", "24,0"), ("2023", "72,8", "27,2")]
    await telling.regels(
        "verdeelsleutel",
        *({"peiljaar": j, "markt": m, "overheid": o, "besloten_op": "2024-07-12"} for j, m, o in sleutels),
    )
    await telling.relay(datetime(2016, 5, 1, tzinfo=UTC))


async def test_een_jaarcijfer_gaat_open_tot_in_zijn_boekingen(telling: Telling) -> None:
    await _regels(telling)
    baan: dict[str, Any] = {"persoon": UUID(int=1), "plaatsing": UUID(int=11)}
    await boek(telling.pool, bericht(uren(33_275, **baan), T1))
    await boek(telling.pool, bericht(uren(100_000, cel=UITZEND, plaatsing=UUID(int=12), reden=Reden.NALEVERING), T2))
    await boek(telling.pool, bericht(uren(66_550, 33_275, reden=Reden.CORRECTIE, **baan), T3))
    meting = {"reeks": "jaarmeting", "periode": "2023", "per": "sector", "maat": "extra"}
    uit = await telling.haal("verklaring", "boekingen:lezen", **meting)
    markt = next(c for c in uit["cellen"] if c["sector"] == "markt")
    assert markt["invoer"] == {
        "urenFormeelExact": "1331/2",
        "urenIngeleendExact": "728/1",
        "deelIngeleendExact": "91/125",
        "urenPerBaanExact": "1331/4",
    }
    nul = Fraction("11371298.65") * 4 / 1331 + Fraction("12047413.40") * 4 / 1331 * Fraction("0.76")
    assert [(b["naam"], Fraction(b["bedragExact"])) for b in markt["bijdragen"]] == [
        ("nulmeting", -nul),
        ("LEVERING", Fraction(1)),
        ("NALEVERING", Fraction(728 * 4, 1331)),
        ("CORRECTIE", Fraction(1)),
    ]
    assert Fraction(markt["extraExact"]) == 2 + Fraction(728 * 4, 1331) - nul
    rijen = uit["boekingen"]
    assert [(r["gebeurtenis"], r["reden"], r["maand"], r["urenX100"]) for r in rijen] == [
        ("uren-verloond", "LEVERING", "2023-12", 33_275),
        ("uren-verloond", "NALEVERING", "2023-12", 100_000),
        ("uren-verloond", "CORRECTIE", "2023-12", -33_275),
        ("uren-verloond", "CORRECTIE", "2023-12", 66_550),
    ]
    assert [(d["sector"], d["deelExact"]) for d in rijen[1]["delen"]] == [("markt", "91/125"), ("overheid", "34/125")]
    assert rijen[0]["persoon"] == str(UUID(int=1))
    assert rijen[0]["plaatsing"] == str(UUID(int=11))
    assert rijen[0]["positie"]["topic"] == "verloonde-uren"
    zonder = await telling.haal("verklaring", **meting)
    assert "persoon" not in zonder["boekingen"][0], "zonder de scope staat er niet van wie een boeking is"
    assert UUID(int=1).hex not in str(zonder).replace("-", "")
    assert zonder["formule"].startswith("extra banen =")
    toen = await telling.haal("verklaring", **meting, bekendOp="2024-02-01")
    assert [r["reden"] for r in toen["boekingen"]] == ["LEVERING"]


async def test_bladen_sluiten_op_elkaar_aan(telling: Telling) -> None:
    """Ook bij gelijke kennismomenten op verschillende partities komt elke boeking precies één keer."""
    await boek(telling.pool, *(bericht(uren(n, plaatsing=UUID(int=100 + n)), T1, partitie=n % 3) for n in range(1, 12)))
    vraag = Q4 | {"maat": "uren", "aantal": "4"}
    gezien, na = list[int](), ""
    while True:
        uit = await telling.haal("verklaring", **vraag, **({"na": na} if na else {}))
        gezien += [r["urenX100"] for r in uit["boekingen"]]
        na = uit["volgende"]
        if na is None:
            break
    assert sorted(gezien) == list(range(1, 12))
    assert len(gezien) == 11


async def test_mensen_gaan_open_gebeurtenis_voor_gebeurtenis(telling: Telling) -> None:
    baan: dict[str, Any] = {"persoon": UUID(int=1), "plaatsing": UUID(int=11)}
    await boek(telling.pool, bericht(uren(5_000, **baan), T1))
    await boek(telling.pool, bericht(uren(0, 5_000, reden=Reden.CORRECTIE, **baan), T2))
    await boek(telling.pool, bericht(uren(10, 0, reden=Reden.CORRECTIE, **baan), T3))
    uit = await telling.haal("verklaring", "boekingen:lezen", **Q4, maat="personen")
    assert [(b["naam"], b["bedrag"]) for b in uit["cellen"][0]["bijdragen"]] == [("LEVERING", 1), ("CORRECTIE", 0)]
    assert [r["delen"][0]["bedragExact"] for r in uit["boekingen"]] == ["1/1", "-1/1", "1/1"]
    assert {r["persoon"] for r in uit["boekingen"]} == {str(UUID(int=1))}
    assert uit["cellen"][0]["invoer"] is None


async def test_het_register_gaat_open_met_de_reden_van_elk_einde(telling: Telling) -> None:
    await boek(telling.pool, bericht(staat(1, op(WSW, "2015-01-01")), T1), bericht(staat(2, op(PW, "2015-01-01")), T1))
    einde = RegistratieBeeindigd(
        persoon=UUID(int=1),
        grondslag=Grondslag.WSW,
        tot=op(WSW, "2023-12-01").van,
        reden=EindReden.OVERLEDEN,
        registraties=(op(WSW, "2015-01-01", "2023-12-01"),),
        woonplaatsen=(),
    )
    await boek(telling.pool, bericht(einde, T2))
    uit = await telling.haal("verklaring", **Q4, maat="geregistreerd", per="grondslag")
    per_grond = {c["grondslag"]: [(b["naam"], b["bedrag"]) for b in c["bijdragen"]] for c in uit["cellen"]}
    assert per_grond[WSW] == [("registratie-beeindigd:OVERLEDEN", -1), ("registratie-ingegaan", 1)]
    laatste = uit["boekingen"][-1]
    assert (laatste["gebeurtenis"], laatste["reden"], laatste["urenX100"]) == (
        "registratie-beeindigd",
        "OVERLEDEN",
        None,
    )
    assert laatste["delen"] == [{"periode": "2023-Q4", "grondslag": "WSW", "deelExact": "1/1", "bedragExact": "-1/1"}]


@pytest.mark.parametrize("na", ["x", "1.2", "1.verloonde-uren.0.0.x", f"{2**70}.verloonde-uren.0.0.1"])
async def test_een_onjuiste_bladwijzer_wordt_geweigerd(telling: Telling, na: str) -> None:
    antwoord_ = await telling.vraag_van("verklaring", **Q4, na=na)
    assert (antwoord_.status_code, antwoord_.json()["code"]) == (400, "onjuiste_bladwijzer")


async def test_elk_cijfer_is_de_som_van_zijn_bijdragen_en_van_zijn_boekingen(db: MaakDatabase) -> None:
    """Voor elke geschiedenis, elk moment, elke maat en uitsplitsing, bij elke grootte van een blad."""

    async def proef(tx: Tx, voorbeeld: tuple[list[Stap], int, dict[str, str], int]) -> None:
        historie, gezien, vraag, aantal = voorbeeld
        await boek_historie(tx, historie)
        bekend = moment(min(gezien, len(historie))).isoformat()
        for maat in MATEN:
            v = vraag | {"maat": maat}
            if maat == "geregistreerd":
                v = {k: w for k, w in v.items() if k in ("reeks", "periode", "maat")} | {"per": "grondslag"}
            cijfer = await antwoord(tx, **v, bekend_op=bekend)
            uit = await verklaring(tx, **v, bekend_op=bekend, aantal=aantal)
            rijen, na = list(uit["boekingen"]), uit["volgende"]
            while na is not None:
                blad = await verklaring(tx, **v, bekend_op=bekend, aantal=aantal, na=na)
                rijen += blad["boekingen"]
                na = blad["volgende"]
            _telt_op(cijfer, uit, rijen, maat)

    await voor_elk(
        (await db("telling")).pool,
        st.tuples(HISTORIE, st.integers(0, 14), st.sampled_from(VRAGEN), st.integers(1, 7)),
        proef,
        hoeveel=25,
    )


def _telt_op(cijfer: dict[str, Any], uit: dict[str, Any], rijen: list[dict[str, Any]], maat: str) -> None:
    def sleutel(waar: dict[str, Any]) -> tuple[Any, ...]:
        return waar["periode"], *(waar[naam] for naam in uit["per"])

    per_cel: dict[tuple[Any, ...], Fraction] = {}
    for rij in rijen:
        for deel in rij["delen"]:
            per_cel[sleutel(deel)] = per_cel.get(sleutel(deel), Fraction(0)) + Fraction(deel["bedragExact"])
    open_cellen = {sleutel(c): c for c in uit["cellen"]}
    assert {sleutel(c) for c in cijfer["cellen"]} <= open_cellen.keys()
    for c in cijfer["cellen"]:
        geopend = open_cellen[sleutel(c)]
        assert geopend[f"{maat}Exact"] == c[f"{maat}Exact"]
        if c[f"{maat}Exact"] is None:
            continue
        bijdragen = sum((Fraction(b["bedragExact"]) for b in geopend["bijdragen"]), Fraction(0))
        assert bijdragen == Fraction(c[f"{maat}Exact"])
        assert sum(b["bedrag"] for b in geopend["bijdragen"]) + geopend["afronding"] == c[maat]
        nul = Fraction(c["nulmetingExact"]) if maat == "extra" else Fraction(0)
        assert per_cel.get(sleutel(c), Fraction(0)) == Fraction(c[f"{maat}Exact"]) + nul
        if geopend["invoer"] and maat == "uren":
            invoer = geopend["invoer"]
            assert Fraction(invoer["urenFormeelExact"]) + Fraction(invoer["urenIngeleendExact"]) == Fraction(
                c["urenExact"]
            )
