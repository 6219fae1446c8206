"""Het register zoals toen bekend en zoals nu bekend: de gepubliceerde correcties nagespeeld, en elke stap terug te vragen."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from stdnum.nl import bsn as elfproef

from tests.service.intake_voordeur import Voordeur

WAJONGERS, PRAKTIJKROUTE = 1_256, 1_664
"""Gepubliceerd: in het tweede kwartaal van 2022 in één keer verbeterd; in het eerste van 2017 via de praktijkroute erbij."""
BLIJVERS = 44


def bsns(aantal: int) -> list[str]:
    """Zoveel nummers uit de reeks voor proeven."""
    reeks = (str(nummer) for nummer in range(999_700_000, 999_800_000) if elfproef.is_valid(str(nummer)))
    return [next(reeks) for _ in range(aantal)]


async def omvang(voordeur: Voordeur, op: str, bekend_op: str = "", per: str = "") -> dict[str, Any]:
    antwoord = await voordeur.client.get(
        "/v1/register",
        params={"op": op, "per": per} | ({"bekendOp": bekend_op} if bekend_op else {}),
        headers=voordeur.kop("registraties:lezen"),
    )
    assert antwoord.status_code == 200, antwoord.text
    uit: dict[str, Any] = antwoord.json()
    return uit


async def test_1256_wajongers_corrected_in_one_quarter_stay_in_the_register_as_known_then(voordeur: Voordeur) -> None:
    mensen = bsns(WAJONGERS + BLIJVERS)
    begin = {"grondslag": "WAJONG_NIEUW", "van": "2016-01-01", "gemeente": "0014", "bekend_op": "2016-01-10"}
    geladen = await voordeur.rijen("registraties", *({"bsn": b, **begin} for b in mensen))
    assert geladen["aanvaard"] == len(mensen)
    nooit = {"grondslag": "WAJONG_NIEUW", "reden": "ONTERECHT", "bekend_op": "2022-05-20"}
    verbeterd = await voordeur.rijen("registratie-correcties", *({"bsn": b, **nooit} for b in mensen[:WAJONGERS]))
    assert verbeterd["aanvaard"] == WAJONGERS
    eind = "2022-03-31"
    assert (await omvang(voordeur, eind, "2022-04-29"))["personen"] == WAJONGERS + BLIJVERS
    assert (await omvang(voordeur, eind, "2022-05-21"))["personen"] == BLIJVERS
    assert (await omvang(voordeur, eind))["personen"] == BLIJVERS
    namen = await voordeur.namen()
    assert namen.count("registratie-gecorrigeerd") == WAJONGERS


async def test_1664_people_enter_by_the_praktijkroute_in_the_first_quarter_it_exists(voordeur: Voordeur) -> None:
    mensen = bsns(PRAKTIJKROUTE)
    rij = {"grondslag": "PW_PRAKTIJKROUTE", "gemeente": "0014"}
    te_vroeg = await voordeur.rijen("registraties", {"bsn": mensen[0], "van": "2016-12-31", **rij})
    assert [f["code"] for f in te_vroeg["fouten"]] == ["grondslag_bestond_niet"]
    dagen = [date(2017, 1, 1) + timedelta(days=n % 90) for n in range(PRAKTIJKROUTE)]
    rijen = [{"bsn": b, "van": dag.isoformat(), **rij} for b, dag in zip(mensen, dagen, strict=True)]
    assert (await voordeur.rijen("registraties", *rijen))["aanvaard"] == PRAKTIJKROUTE
    assert (await omvang(voordeur, "2016-12-31"))["personen"] == 0
    eind = await omvang(voordeur, "2017-03-31", per="grondslag")
    assert eind["cellen"] == [{"grondslag": "PW_PRAKTIJKROUTE", "personen": PRAKTIJKROUTE}]


async def test_what_was_answered_at_a_moment_is_what_the_history_says_of_it(voordeur: Voordeur) -> None:
    """Honderdvijftig opdrachten in willekeurige volgorde; na elke is er gekeken, en aan het eind klopt elke blik terug."""
    loting, mensen = random.Random(5), bsns(6)
    dagen = ("2019-06-30", "2020-06-30", "2021-06-30")
    gezien: dict[str, list[dict[str, Any]]] = {}
    for nr in range(150):
        bekend = (date(2019, 1, 1) + timedelta(days=10 * nr)).isoformat()
        soort, rij = _opdracht(loting, mensen)
        await voordeur.rijen(soort, rij | {"bekend_op": bekend})
        gezien[bekend] = [_kaal(await omvang(voordeur, dag, per="grondslag,gemeente")) for dag in dagen]
    assert len({str(blik) for blik in gezien.values()}) > 20
    for bekend, blikken in gezien.items():
        na = (date.fromisoformat(bekend) + timedelta(days=1)).isoformat()
        assert [_kaal(await omvang(voordeur, dag, na, "grondslag,gemeente")) for dag in dagen] == blikken, bekend


def _opdracht(loting: random.Random, mensen: list[str]) -> tuple[str, dict[str, Any]]:
    bsn, grondslag = loting.choice(mensen), loting.choice(("WSW", "VSO_PRO"))
    van = date(2018, 1, 1) + timedelta(days=loting.randrange(1200))
    tot = {"tot": (van + timedelta(days=loting.randrange(1, 700))).isoformat()} if loting.random() < 0.5 else {}
    match loting.randrange(4):
        case 0:
            gemeente = loting.choice(("0014", "0106"))
            return "verhuizingen", {"bsn": bsn, "gemeente": gemeente, "van": van.isoformat()}
        case 1:
            nooit = loting.random() < 0.3
            periode = {} if nooit else {"van": van.isoformat(), **tot}
            return "registratie-correcties", {"bsn": bsn, "grondslag": grondslag, "reden": "DATUM", **periode}
        case _:
            rij = {"bsn": bsn, "grondslag": grondslag, "van": van.isoformat(), "gemeente": "0014", **tot}
            return "registraties", rij


def _kaal(antwoord: dict[str, Any]) -> dict[str, Any]:
    return {"personen": antwoord["personen"], "cellen": antwoord["cellen"]}
