"""Bevestigingen, in beeld en bemiddelbaar, de score, de werklijst, en hoe groot het register was."""

from datetime import date, timedelta
from typing import Any

from services.intake.registeromvang import Cel, onderdruk
from tests.service.intake_voordeur import BSNS, Voordeur

VANDAAG = date.today()  # noqa: DTZ011
OUD = str(VANDAAG - timedelta(days=400))


def rij(bsn: str, gemeente: str = "0014", **anders: Any) -> dict[str, Any]:
    return {"bsn": bsn, "grondslag": "WSW", "van": "2018-01-01", "gemeente": gemeente} | anders


async def lees(voordeur: Voordeur, pad: str, kop: dict[str, str] | None = None, status: int = 200, **vraag: Any) -> Any:
    kop = kop or voordeur.kop("registraties:lezen")
    antwoord = await voordeur.client.get(f"/v1/{pad}", params=vraag, headers=kop)
    assert antwoord.status_code == status, antwoord.text
    return antwoord.json()


async def test_the_score_counts_what_is_known_and_fresh(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]))
    (een,) = (await lees(voordeur, "volledigheid"))["gemeenten"]
    assert (een["gemeente"], een["personen"], een["scoreX100"]) == ("0014", 1, 3333)  # grondslag en woonplaats
    await voordeur.rijen("bevestigingen", {"bsn": BSNS[0], "veld": "geboortedatum", "op": str(VANDAAG)})
    assert (await lees(voordeur, "volledigheid"))["gemeenten"][0]["scoreX100"] == 3333  # bevestigd, maar niet bekend
    await voordeur.rijen("personen", {"bsn": BSNS[0], "geboortedatum": "1990-01-01"})
    await voordeur.rijen("bevestigingen", {"bsn": BSNS[0], "veld": "bewijs", "op": OUD})
    assert (await lees(voordeur, "volledigheid"))["gemeenten"][0]["scoreX100"] == 5000  # bewijs is niet vers
    stand = {"bsn": BSNS[0], "in_beeld": "ja", "bemiddelbaar": "onbekend", "begeleiding": "passief", "op": str(VANDAAG)}
    assert (await voordeur.rijen("bemiddeling", stand))["aanvaard"] == 1
    assert (await voordeur.rijen("bemiddeling", stand))["ongewijzigd"] == 1
    (een,) = (await lees(voordeur, "volledigheid"))["gemeenten"]
    assert een["scoreX100"] == 6666
    assert een["inBeeld"] == {"ja": 1, "nogNiet": 0, "onbekend": 0}
    assert een["bemiddelbaar"] == {"ja": 0, "nogNiet": 0, "onbekend": 1}
    assert een["begeleiding"] == {"actief": 0, "passief": 1, "onbekend": 0}
    assert een["velden"]["bewijs"] == {"bevestigd": 1, "vers": 0, "ontbreekt": 1}
    assert await voordeur.namen() == ["registratie-ingegaan"]  # niets hiervan gaat het log op


async def test_an_older_confirmation_changes_nothing(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]))
    nieuw = {"bsn": BSNS[0], "veld": "bewijs", "op": "2024-05-01"}
    assert (await voordeur.rijen("bevestigingen", nieuw))["aanvaard"] == 1
    assert (await voordeur.rijen("bevestigingen", nieuw | {"op": "2024-01-01"}, nieuw))["ongewijzigd"] == 2
    assert str(await voordeur.database.pool.fetchval("select op from bevestiging")) == "2024-05-01"
    oud = {"bsn": BSNS[0], "in_beeld": "ja", "bemiddelbaar": "ja"}
    await voordeur.rijen("bemiddeling", oud | {"op": "2024-05-01"})
    assert (await voordeur.rijen("bemiddeling", oud | {"op": "2024-04-01"}))["fouten"][0]["code"] == "verouderd"


async def test_unknown_and_future_are_refused(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]))
    uit = await voordeur.rijen(
        "bevestigingen",
        {"bsn": BSNS[1], "veld": "bewijs", "op": "2024-05-01"},
        {"bsn": BSNS[0], "veld": "bewijs", "op": "2099-05-01"},
        {"bsn": BSNS[0], "veld": "diagnose", "op": "2024-05-01"},
    )
    assert [(f["rij"], f["code"]) for f in uit["fouten"]] == [
        (1, "onbekende_registratie"),
        (2, "toekomst"),
        (3, "onjuist"),
    ]
    assert await voordeur.aantal("kluis") == 1


async def test_the_work_list_gives_the_oldest_first_and_pages(voordeur: Voordeur) -> None:
    await voordeur.rijen(
        "registraties", *(rij(b) for b in BSNS[:3]), rij(BSNS[3], "0344"), rij(BSNS[4], tot="2020-01-01")
    )
    dagen = {BSNS[0]: "2024-03-01", BSNS[1]: "2024-01-01", BSNS[2]: "2024-02-01"}
    velden = ("geboortedatum", "bewijs", "in_beeld", "bemiddelbaar")
    for bsn, op in dagen.items():
        await voordeur.rijen("personen", {"bsn": bsn, "geboortedatum": "1990-01-01"})
        await voordeur.rijen("bemiddeling", {"bsn": bsn, "in_beeld": "ja", "bemiddelbaar": "ja", "op": op})
        await voordeur.rijen("bevestigingen", *({"bsn": bsn, "veld": v, "op": op} for v in velden))
    eerste = await lees(voordeur, "werklijst", gemeente="0014", hooguit=2)
    rest = await lees(voordeur, "werklijst", gemeente="0014", hooguit=2, cursor=eerste["volgende"])
    volgorde = [str(await voordeur.persoon(b)) for b in (BSNS[1], BSNS[2], BSNS[0])]
    assert [p["persoon"] for p in eerste["personen"] + rest["personen"]] == volgorde
    assert rest["volgende"] is None
    bewijs = eerste["personen"][0]["velden"]["bewijs"]
    assert bewijs == {"bevestigdOp": "2024-01-01", "door": "gemeente-0014", "vers": False}
    assert await voordeur.database.pool.fetchval("select sum(aantal) from raadpleging where naam = 'werklijst'") == 3


async def test_a_municipality_sees_and_confirms_only_its_own(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]), rij(BSNS[1], "0344"))
    eigen = voordeur.kop("gemeente", gemeente="0014")
    assert [g["gemeente"] for g in (await lees(voordeur, "volledigheid", eigen))["gemeenten"]] == ["0014"]
    assert len((await lees(voordeur, "werklijst", eigen))["personen"]) == 1
    for pad in ("volledigheid", "werklijst", "register"):
        await lees(voordeur, pad, eigen, 403, gemeente="0344")
    schrijft = voordeur.kop("registraties:schrijven", gemeente="0014") | {"Idempotency-Key": "x"}
    vreemd = {"bsn": BSNS[1], "veld": "bewijs", "op": "2024-05-01"}
    antwoord = await voordeur.client.post("/v1/bevestigingen", json=vreemd, headers=schrijft)
    assert antwoord.json()["code"] == "onbekende_registratie"


async def test_the_register_as_known_then_and_now(voordeur: Voordeur) -> None:
    def van(bsn: str, grondslag: str, op: str, **anders: Any) -> dict[str, Any]:
        return rij(bsn, grondslag=grondslag, van="2020-01-01", bekend_op=op) | anders

    await voordeur.rijen(
        "registraties",
        *(van(b, "WAJONG_OUD", "2021-02-01") for b in BSNS[:5]),
        van(BSNS[0], "WSW", "2021-02-01"),
        van(BSNS[5], "WSW", "2022-05-01", gemeente="0344"),
    )
    fout = {"bsn": BSNS[1], "grondslag": "WAJONG_OUD", "reden": "ONTERECHT", "bekend_op": "2022-04-15"}
    await voordeur.rijen("registratie-correcties", fout)
    await voordeur.rijen(
        "verhuizingen", {"bsn": BSNS[2], "gemeente": "0344", "van": "2022-01-01", "bekend_op": "2022-04-15"}
    )
    toen = await lees(voordeur, "register", op="2022-03-31", bekendOp="2022-04-01", per="grondslag")
    assert toen["personen"] == 5
    assert toen["cellen"] == [{"grondslag": "WAJONG_OUD", "personen": 5}, {"grondslag": "WSW", "personen": 1}]
    nu = await lees(voordeur, "register", op="2022-03-31", per="gemeente")
    assert (nu["personen"], [(c["gemeente"], c["personen"]) for c in nu["cellen"]]) == (5, [("0014", 3), ("0344", 2)])
    assert (await lees(voordeur, "register", op="2019-12-31"))["personen"] == 0
    eigen = await lees(
        voordeur, "register", voordeur.kop("gemeente", gemeente="0014"), op="2022-03-31", per="grondslag"
    )
    assert eigen["personen"] is None
    assert {c["personen"] for c in eigen["cellen"]} == {None}
    assert len((await lees(voordeur, "register", op="2022-03-31", per="grondslag,gemeente"))["cellen"]) == 4
    await lees(voordeur, "register", status=400, per="leeftijd")


def test_a_small_cell_takes_the_next_smallest_with_it() -> None:
    cellen = [Cel(("A",), 3), Cel(("B",), 9), Cel(("C",), 20)]
    assert onderdruk(32, cellen) == (32, [Cel(("A",), None), Cel(("B",), None), Cel(("C",), 20)])
    assert onderdruk(29, cellen[1:]) == (29, cellen[1:])
    assert onderdruk(4, [Cel(("A",), 4)]) == (None, [Cel(("A",), None)])


def test_in_two_dimensions_no_row_or_column_gives_a_cell_away() -> None:
    cellen = [Cel((g, w), n) for g, w, n in (("A", "1", 2), ("A", "2", 8), ("B", "1", 9), ("B", "2", 30))]
    assert [c.personen for c in onderdruk(49, cellen)[1]] == [None, None, None, None]
