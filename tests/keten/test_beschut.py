"""Beschut werk en de indicatie door de hele keten: van bestand tot register, plaats en cijfer."""

import time
from typing import Any

from tests.keten.conftest import Keten
from tests.keten.test_een_mens import pseudoniem
from tests.keten.test_keten import BSN, WERKGEVER

BESCHUT, INDICATIE = BSN[0], BSN[1]


def aanvraag(referentie: str, soort: str, bsn: str) -> dict[str, Any]:
    return {
        "referentie": referentie,
        "soort": soort,
        "bsn": bsn,
        "aanvrager": "GEMEENTE",
        "gemeente": "0014",
        "ontvangen_op": "2024-03-04",
    }


def toestand(keten: Keten, aanvragen: dict[str, str]) -> str:
    uit: str = keten.client.get("beoordeling", f"/v1/aanvragen/{aanvragen['B1']}")["toestand"]
    return uit


def wacht_op(keten: Keten, aanvragen: dict[str, str], gewenst: str) -> None:
    """De verdeling loopt op de achtergrond; begrensd wachten."""
    einde = time.monotonic() + 120
    while toestand(keten, aanvragen) != gewenst:
        assert time.monotonic() < einde, toestand(keten, aanvragen)
        time.sleep(0.2)


def test_an_indication_registers_and_a_place_is_given_filled_and_counted(keten: Keten) -> None:
    keten.importeer(
        "aanvragen", [aanvraag("B1", "BESCHUT_WERK", BESCHUT), aanvraag("I1", "INDICATIE_BANENAFSPRAAK", INDICATIE)]
    )
    lijst = keten.client.get("beoordeling", "/v1/aanvragen")["aanvragen"]
    aanvragen = {a["referentie"]: a["aanvraag"] for a in lijst}
    keten.importeer("adviezen", [{"referentie": "B1", "uitkomst": "POSITIEF", "uitgebracht_op": "2024-04-02"}])
    aantal = {"gemeente": "0014", "aantal": "1", "bron": "REGELING"}
    jaren = [
        aantal | {"jaar": str(j), "besloten_op": f"{j - 1}-11-22", "van": f"{j}-01-01"} for j in (2024, 2025, 2026)
    ]
    keten.importeer("te-realiseren", jaren)
    besluit = {"uitkomst": "POSITIEF", "besluit_op": "2024-04-09"}
    keten.importeer("besluiten", [{"referentie": "B1"} | besluit, {"referentie": "I1"} | besluit], "--wacht")

    persoon = keten.client.get("intake", f"/v1/personen/{pseudoniem(keten, INDICATIE)}")
    assert [(r["grondslag"], r["van"]) for r in persoon["registraties"]] == [("PW_INDICATIE", "2024-04-09")]
    wacht_op(keten, aanvragen, "AANGEBODEN")

    keten.importeer("werkgevers", [{"werkgever": WERKGEVER, "sector": "overheid", "van": "2010-01-01"}])
    baan = {"referentie": "P1", "bsn": BESCHUT, "werkgever": WERKGEVER, "vorm": "beschut_werk", "contract": "vast"}
    keten.importeer(
        "plaatsingen", [baan | {"uren_per_week": "31", "gemeente_werk": "0014", "van": "2024-05-01"}], "--wacht"
    )
    wacht_op(keten, aanvragen, "GEPLAATST")
    gemeente = keten.client.get("beoordeling", "/v1/gemeenten/0014/beschut-werk")
    assert (gemeente["teRealiseren"], gemeente["plicht"], gemeente["gevuld"], gemeente["open"]) == (1, 1, 1, 0)

    keten.wacht()
    cijfers = keten.client.get("telling", "/v1/beschut-werk", periode="2024-04..2024-05")
    april, mei = cijfers["cellen"]
    assert (april["beoordelingen"], april["positief"], april["besluiten"]) == (1, 1, 1)
    assert (april["binnenDrieMaandenExact"], mei["werkend"], mei["teRealiseren"]) == ("1/1", 1, 1)
