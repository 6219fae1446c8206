"""Wat FastStream en de instellingen horen te zijn, en wat een logregel nooit laat zien."""

import io
import json
import logging
from pathlib import Path

import pytest
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.bus import ABONNEMENT, BROKER
from shared.envelope import uuid7
from shared.faalpunt import faalpunt
from shared.log import log, stel_in
from shared.settings import WORTEL, lees, lees_topics, tabel


def test_the_broker_never_makes_topics_and_waits_for_all_replicas() -> None:
    assert (BROKER["acks"], BROKER["enable_idempotence"], BROKER["allow_auto_create_topics"]) == ("all", True, False)
    assert (ABONNEMENT["batch"], ABONNEMENT["ack_policy"], ABONNEMENT["auto_offset_reset"]) == (
        True,
        AckPolicy.MANUAL,
        "none",
    )


def test_a_subscriber_of_these_settings_is_a_batch_that_never_acknowledges_by_itself() -> None:
    abonnement = KafkaBroker("127.0.0.1:1", **BROKER).subscriber("t", group_id="g", **ABONNEMENT)
    assert type(abonnement).__name__ == "BatchSubscriber"
    assert abonnement._connection_args["auto_offset_reset"] == "none"
    assert not abonnement._connection_args.get("enable_auto_commit", False)


def test_a_missing_setting_stops_the_start_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for naam in ("DATABASE_URL", "KAFKA", "JWKS", "UITGEVER"):
        monkeypatch.delenv(f"BANENSPOOR_{naam}", raising=False)
    with pytest.raises(SystemExit) as uit:
        lees("intake")
    assert uit.value.code == 2
    melding = capsys.readouterr().err
    assert all(f"BANENSPOOR_{naam}" in melding for naam in ("DATABASE_URL", "KAFKA", "JWKS", "UITGEVER"))


def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for naam in ("DATABASE_URL", "KAFKA", "JWKS", "UITGEVER"):
        monkeypatch.setenv(f"BANENSPOOR_{naam}", "x")
    monkeypatch.setenv("BANENSPOOR_OIN", "geheim-en-fout")
    with pytest.raises(SystemExit):
        lees("intake")
    melding = capsys.readouterr().err
    assert "BANENSPOOR_OIN" in melding
    assert "geheim" not in melding


def test_every_topic_of_a_service_has_one_source_and_its_dead_letter_topic() -> None:
    topics = lees_topics(WORTEL / "deploy" / "topics.yml")
    for naam in ("doelgroepregister", "beschut-werk", "plaatsingen", "verloonde-uren"):
        assert topics[naam].bron in ("intake", "beoordeling", "plaatsing")
        assert not topics[naam].gecompacteerd
        assert f"{naam}.dlq" in topics
    assert topics["peil"].gecompacteerd


def test_a_log_line_never_shows_what_passes_the_elfproef(monkeypatch: pytest.MonkeyPatch) -> None:
    uit, oud = io.StringIO(), logging.getLogger().handlers[:]
    monkeypatch.setattr("sys.stdout", uit)
    stel_in("INFO", "proef")
    try:
        log.info("test", bsn="123456782", diep={"lijst": ["a 111222333 b"]}, nummer="123456789")
        logging.getLogger("iets").warning("ook hier 123456782")
    finally:
        logging.getLogger().handlers[:] = oud
    assert "123456782" not in uit.getvalue()
    assert "111222333" not in uit.getvalue()
    assert json.loads(uit.getvalue().splitlines()[0])["nummer"] == "123456789"


def test_ids_rise_with_time_and_say_their_version() -> None:
    ids = [uuid7() for _ in range(50)]
    assert all(i.version == 7 and i.variant == "specified in RFC 4122" for i in ids)
    assert [i.int >> 80 for i in ids] == sorted(i.int >> 80 for i in ids)
    assert len(set(ids)) == 50


def test_an_unarmed_failpoint_does_nothing() -> None:
    faalpunt("na_zenden")


def test_the_settings_page_is_what_the_code_says(wortel: Path) -> None:
    pagina = (wortel / "docs" / "instellingen.md").read_text()
    assert pagina.endswith(tabel()), "draai: python -m shared.settings"
