"""De plak door vier diensten: van bestand tot cijfer, van besluit tot cijfer, en wat slechte invoer doet."""

import csv
import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.lokaal import vulling
from shared.client import OpdrachtFout
from tests.keten.conftest import Keten

BSN = ["999900006", "999900018", "999900031", "999900043"]
WERKGEVER = "100000037L02"
Q1: dict[str, Any] = {"reeks": "kwartaal", "periode": "2024-Q1", "maat": "uren"}


def uren_x100(keten: Keten, **anders: Any) -> int:
    """Het totaal van een vraag, in honderdsten uren."""
    cellen = keten.tellingen(**{**Q1, **anders})["cellen"]
    return int(sum(Fraction(c["urenExact"]) * 100 for c in cellen))


@pytest.fixture(scope="module")
def gevuld(keten: Keten) -> Keten:
    """Twee mensen met een baan van januari tot en met maart 2024."""
    werkgever = {"werkgever": WERKGEVER, "sector": "markt", "van": "2010-01-01", "sbi": "8710", "grootteklasse": "250+"}
    keten.importeer("werkgevers", [werkgever])
    keten.importeer(
        "registraties",
        [{"bsn": b, "grondslag": "PW_INDICATIE", "van": "2020-01-01", "gemeente": "0014"} for b in BSN[:2]],
        "--wacht",
    )
    keten.importeer(
        "plaatsingen",
        [
            {
                "referentie": f"P{nr}",
                "bsn": b,
                "werkgever": WERKGEVER,
                "vorm": "formeel",
                "contract": "vast",
                "uren_per_week": "25,5",
                "gemeente_werk": "GM0014",
                "van": "2023-06-01",
            }
            for nr, b in enumerate(BSN[:2])
        ],
    )
    keten.importeer("uren", [uren(f"P{nr}", m) for nr in (0, 1) for m in (1, 2, 3)], "--wacht")
    return keten


def uren(referentie: str, maand: int, aantal: str = "100,00") -> dict[str, Any]:
    """Een urenregel van één maand in 2024."""
    return {
        "referentie": referentie,
        "tijdvak_van": f"2024-{maand:02d}-01",
        "tijdvak_tot": f"2024-{maand + 1:02d}-01",
        "uren": aantal,
    }


def test_files_in_figures_out(gevuld: Keten) -> None:
    assert uren_x100(gevuld) == 60_000
    [cel] = [c for c in gevuld.tellingen(**{**Q1, "per": "sector,vorm,regio,gemeente"})["cellen"] if c["uren"]]
    assert (cel["sector"], cel["vorm"], cel["regio"], cel["gemeente"]) == ("markt", "formeel", "AM01", "0014")
    assert Fraction(cel["banenExact"]) == Fraction(600, 1) / Fraction(1331, 4)


def test_figures_follow_the_employer_and_show_its_share(gevuld: Keten) -> None:
    gevuld.importeer("werkgevers-totalen", [{"jaar": "2024", "sbi": "Q", "aantal": 8}], "--wacht")
    vraag = {**Q1, "per": "branche,grootteklasse"}
    [cel] = gevuld.tellingen(**vraag)["cellen"]
    assert (cel["branche"], cel["grootteklasse"], cel["urenExact"]) == ("Q", "250+", "600/1")
    [cel] = gevuld.tellingen(**{**Q1, "maat": "werkgevers", "per": "branche"})["cellen"]
    assert (cel["branche"], cel["werkgevers"], cel["aandeel"]) == ("Q", 1, "12,5 %")


def test_a_correction_is_a_booking_and_the_old_figure_stays(gevuld: Keten) -> None:
    toen = gevuld.tellingen(**Q1)["bekendOp"]
    time.sleep(0.01)
    gevuld.importeer("uren", [uren("P0", 1, "60,00")], "--wacht")
    assert uren_x100(gevuld) == 56_000
    assert uren_x100(gevuld, bekendOp=toen) == 60_000
    gevuld.importeer("uren", [uren("P0", 1)], "--wacht")
    assert uren_x100(gevuld) == 60_000


def test_a_positive_decision_ends_the_registration_and_moves_the_totals(gevuld: Keten) -> None:
    gevuld.importeer(
        "aanvragen",
        [
            {
                "referentie": "A1",
                "soort": "BESCHUT_WERK",
                "bsn": BSN[1],
                "aanvrager": "GEMEENTE",
                "gemeente": "0014",
                "ontvangen_op": "2024-01-05",
            }
        ],
    )
    gevuld.importeer("adviezen", [{"referentie": "A1", "uitkomst": "POSITIEF", "uitgebracht_op": "2024-02-01"}])
    gevuld.importeer("besluiten", [{"referentie": "A1", "uitkomst": "POSITIEF", "besluit_op": "2024-02-14"}], "--wacht")
    assert uren_x100(gevuld) == 30_000  # op 31 maart niet meer geregistreerd: het hele kwartaal telt niet
    assert uren_x100(gevuld, reeks="lopend", periode="2024-01") == 20_000  # in januari nog wel
    assert uren_x100(gevuld, reeks="lopend", periode="2024-02..2024-03") == 20_000


def test_hours_of_someone_not_yet_heard_of_count_once_the_register_follows(gevuld: Keten) -> None:
    baan = {
        "referentie": "P2",
        "bsn": BSN[2],
        "werkgever": WERKGEVER,
        "vorm": "formeel",
        "contract": "vast",
        "uren_per_week": "25.5",
        "gemeente_werk": "0014",
        "van": "2023-06-01",
    }
    gevuld.importeer("plaatsingen", [baan])
    gevuld.importeer("uren", [uren("P2", 3, "10.00")], "--wacht")
    voor = uren_x100(gevuld)
    registratie = {"bsn": BSN[2], "grondslag": "WSW", "van": "2021-01-01", "gemeente": "0014"}
    gevuld.importeer("registraties", [registratie], "--wacht")
    assert uren_x100(gevuld) == voor + 1000


def test_a_correction_of_the_register_that_reaches_back_takes_the_hours_out_again(gevuld: Keten) -> None:
    voor = uren_x100(gevuld)
    nooit = {"bsn": BSN[2], "grondslag": "WSW", "van": "", "reden": "ONTERECHT"}
    gevuld.importeer("registratie-correcties", [nooit], "--wacht")
    assert uren_x100(gevuld) == voor - 1000


SLECHT: list[tuple[str, dict[str, Any], str, str]] = [
    ("registraties", {"bsn": "123456789"}, "bsn", "elfproef"),
    ("registraties", {"grondslag": "ZOMAAR"}, "grondslag", "onbekende_grondslag"),
    ("registraties", {"van": "2020-06-01"}, "van", "overlap"),
    ("registraties", {"grondslag": "WSW", "tot": "2019-01-01"}, "tot", "einde_voor_begin"),
    ("registraties", {"grondslag": "WSW", "van": "2999-01-01"}, "van", "toekomst"),
    ("registraties", {"grondslag": "WSW", "gemeente": "9999"}, "gemeente", "onbekende_gemeente"),
    ("werkgevers", {"sector": "ruimtevaart"}, "sector", "onbekende_sector"),
    ("plaatsingen", {"werkgever": "999999999L99"}, "werkgever", "onbekende_werkgever"),
    ("plaatsingen", {"tot": "2023-01-01"}, "tot", "einde_voor_begin"),
    ("plaatsingen", {"gemeente_werk": "9999"}, "gemeente_werk", "onbekende_gemeente"),
    ("uren", {"referentie": "ONBEKEND"}, "referentie", "onbekende_plaatsing"),
    ("uren", {"tijdvak_van": "2023-01-01", "tijdvak_tot": "2023-02-01"}, "tijdvak_van", "voor_begin"),
    ("uren", {"tijdvak_van": "2024-01-15", "tijdvak_tot": "2024-02-12"}, "tijdvak_van", "tijdvak_overlap"),
    ("uren", {"tijdvak_van": "2999-01-01", "tijdvak_tot": "2999-02-01"}, "tijdvak_tot", "toekomst"),
]
GOED: dict[str, dict[str, Any]] = {
    "registraties": {"bsn": BSN[0], "grondslag": "PW_INDICATIE", "van": "2020-01-01", "gemeente": "0014", "tot": ""},
    "werkgevers": {"werkgever": WERKGEVER, "sector": "markt", "van": "2010-01-01"},
    "plaatsingen": {
        "referentie": "P0",
        "bsn": BSN[0],
        "werkgever": WERKGEVER,
        "vorm": "formeel",
        "contract": "vast",
        "uren_per_week": "25,5",
        "gemeente_werk": "0014",
        "van": "2023-06-01",
        "tot": "",
    },
    "uren": uren("P0", 1),
}


def test_every_kind_of_bad_row_is_rejected_alone_with_row_column_and_code(gevuld: Keten) -> None:
    voor = uren_x100(gevuld)
    for soort, goed in GOED.items():
        slecht = [(w, kolom, code) for s, w, kolom, code in SLECHT if s == soort]
        pad = gevuld.bestand([goed, *({**goed, **w} for w, _, _ in slecht), goed], f"slecht-{soort}.csv")
        uit = gevuld.importeer(soort, pad, "--opnieuw", status=1)
        assert (uit["rijen"], uit["fouten"]) == (len(slecht) + 2, len(slecht))
        with pad.with_name(f"{pad.name}.fouten.csv").open(newline="") as bestand:
            fouten = {int(r["rij"]): (r["code"], r["kolom"], r["melding"]) for r in csv.DictReader(bestand)}
        assert {rij: fout[0] for rij, fout in fouten.items()} == {nr: c for nr, (_, _, c) in enumerate(slecht, start=3)}
        for nr, (_, kolom, code) in enumerate(slecht, start=3):
            assert kolom in ("", fouten[nr][1]) or code in ("tijdvak_overlap", "voor_begin", "toekomst", "overlap")
            assert len(fouten[nr][2]) > 5
    gevuld.wacht()
    assert uren_x100(gevuld) == voor


@pytest.mark.parametrize(
    "inhoud", [b"bsn,grondslag\n1,2\n", b"\xff\xfe\x00bsn", b"", b"bsn,grondslag,van,gemeente,verzonnen\n"]
)
def test_a_wrong_header_or_encoding_refuses_the_file(gevuld: Keten, tmp_path: Path, inhoud: bytes) -> None:
    pad = tmp_path / "mis.csv"
    pad.write_bytes(inhoud)
    gevuld.opdracht("importeer", "registraties", str(pad), status=2)


def test_a_trial_changes_nothing(gevuld: Keten) -> None:
    voor = gevuld.client.get("plaatsing", "/v1/beheer/nummers")
    uit = gevuld.importeer("uren", [uren("P0", 2, "77,00")], "--proef")
    assert uit["aanvaard"] == 1
    assert gevuld.client.get("plaatsing", "/v1/beheer/nummers")["nummers"] == voor["nummers"]


def test_the_demo_does_not_come_among_the_data_of_others(gevuld: Keten) -> None:
    assert not vulling.demo(gevuld.stack.dir, pytest.fail)
    assert not (gevuld.stack.dir / "demo").exists()


def test_without_a_token_only_what_is_public_is_told(gevuld: Keten) -> None:
    telling = gevuld.stack.staat.adressen["telling"]
    openbaar = httpx.get(f"{telling}/v1/tellingen?reeks=kwartaal&periode=2024-Q1")
    assert (openbaar.status_code, openbaar.json()["openbaar"]) == (200, True)
    assert "Exact" not in openbaar.text
    for dienst, pad in (
        ("telling", "/v1/stromen?periode=2024-Q1"),
        ("telling", "/v1/tellingen/verklaring?reeks=kwartaal&periode=2024-Q1"),
        ("telling", "/v1/tellingen/revisie?reeks=kwartaal&periode=2024-Q1&bekendVan=2024-05-01"),
        ("plaatsing", "/v1/beheer/geparkeerd"),
    ):
        antwoord = httpx.get(gevuld.stack.staat.adressen[dienst] + pad)
        assert (antwoord.status_code, antwoord.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("vraag", "woord"),
    [
        ({"reeks": None}, "reeks"),
        ({"periode": "2024"}, "periode"),
        ({"periode": "2024-01"}, "periode"),
        ({"bekendOp": "2999-01-01"}, "voorbij"),
        ({"per": "kleur"}, ""),
    ],
)
def test_a_question_that_is_not_right_is_refused_with_the_reason(
    gevuld: Keten, vraag: dict[str, Any], woord: str
) -> None:
    heel = {k: v for k, v in {**Q1, **vraag}.items() if v is not None}
    with pytest.raises(OpdrachtFout, match=f"(?i){woord}"):
        gevuld.tellingen(**heel)


def test_nothing_is_fixed_while_history_is_open_and_a_fixed_figure_never_changes(gevuld: Keten) -> None:
    assert gevuld.tellingen(**Q1)["vastTot"] is None
    gevuld.sluit_historie()
    tot = None
    einde = time.monotonic() + 30
    while tot is None:
        assert time.monotonic() < einde
        time.sleep(0.2)
        tot = gevuld.tellingen(**Q1)["vastTot"]
    vast = gevuld.tellingen(**Q1, bekendOp=tot)
    assert vast["vast"]
    assert not gevuld.tellingen(**Q1)["vast"]
    gevuld.importeer("uren", [uren("P0", 3, "1,00")], "--wacht")
    opnieuw = gevuld.tellingen(**Q1, bekendOp=tot)
    assert (opnieuw["vast"], opnieuw["cellen"]) == (True, vast["cellen"])
    assert uren_x100(gevuld) != uren_x100(gevuld, bekendOp=tot)
    laat = {**uren("P0", 2), "uren": "5", "bekend_op": "2024-05-01"}
    gevuld.importeer("uren", [laat], status=1)


def test_doctor_finds_a_healthy_system_and_names_what_is_not(gevuld: Keten) -> None:
    bevindingen = json.loads(gevuld.opdracht("doctor", "--json"))["bevindingen"]
    assert {b["oordeel"] for b in bevindingen if b["wat"].endswith("gereed")} == {"goed"}
    gevuld.stack.diensten.kill("beoordeling")
    ziek = json.loads(gevuld.opdracht("doctor", "--json", status=1))["bevindingen"]
    assert [b["wat"] for b in ziek if b["oordeel"] == "fout"] == ["beoordeling gereed"]
    gevuld.stack.diensten.start(gevuld.stack.staat, "beoordeling")
    gevuld.stack.diensten.wacht_tot_gereed(gevuld.stack.staat)
