"""`deploy/kafka/acl.yml` tegenover wat de diensten in hun code zeggen en horen, en wie volgens topics.yml spreekt."""

import importlib
from pathlib import Path

import pytest

from deploy import acl
from deploy.lokaal.fouten import LokaalFout
from deploy.lokaal.staat import DIENSTEN
from shared.service import Dienst
from shared.settings import WORTEL, lees_topics

TOPICS = lees_topics(WORTEL / "deploy" / "topics.yml")
RECHTEN = acl.lees(acl.BESTAND, TOPICS)


def _dienst(naam: str) -> Dienst:
    dienst: Dienst = importlib.import_module(f"services.{naam}.app").DIENST
    return dienst


def _mag(dienst: str, soort: int, handeling: int) -> set[str]:
    return {r.naam for r in RECHTEN if (r.wie, r.soort, r.handeling) == (f"User:{dienst}", soort, handeling)}


@pytest.mark.parametrize("naam", DIENSTEN)
def test_een_dienst_mag_lezen_wat_zij_hoort_en_melden_wat_zij_parkeert(naam: str) -> None:
    dienst = _dienst(naam)
    hoort = set(dienst.hoort_topics or (dienst.hoort.topics if dienst.hoort else ()))
    zegt = {topic for topic, regel in TOPICS.items() if regel.bron == naam}
    peil, dlq = {"peil"}, {f"{topic}.dlq" for topic in hoort}
    assert set(dienst.zegt) <= zegt
    assert _mag(naam, acl.TOPIC, acl.SCHRIJF) == zegt | dlq | peil
    assert _mag(naam, acl.TOPIC, acl.LEES) == zegt | dlq | peil | hoort
    assert _mag(naam, acl.TOPIC, acl.ZIE) == set(TOPICS)
    assert _mag(naam, acl.GROEP, acl.LEES) == ({f"banenspoor-{naam}"} if hoort else set())


def test_niemand_heeft_een_ander_soort_recht() -> None:
    assert {(r.soort, r.handeling) for r in RECHTEN} == {
        (acl.TOPIC, acl.LEES),
        (acl.TOPIC, acl.SCHRIJF),
        (acl.TOPIC, acl.ZIE),
        (acl.GROEP, acl.LEES),
    }
    assert {r.wie for r in RECHTEN} == {f"User:{naam}" for naam in DIENSTEN}


def test_een_topic_dat_er_niet_is_wordt_geweigerd(tmp_path: Path) -> None:
    bestand = tmp_path / "acl.yml"
    bestand.write_text("diensten: {telling: {zegt: [telingen]}}")
    with pytest.raises(LokaalFout, match="telling noemt onbekend telingen"):
        acl.lees(bestand, TOPICS)
