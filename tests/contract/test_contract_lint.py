"""De nakijker: een goede gebeurtenis geeft geen melding, en elk mankement de melding die erbij hoort."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from banenspoor_contracts import TOPICS, Feit, PlaatsingStand, PlaatsingVergeten, RegelVastgesteld, UrenVerloond, lint
from banenspoor_contracts.voorbeelden import PERSOON, examples, voorbeeld

UREN = voorbeeld(UrenVerloond)


def koppen(feit: Feit) -> dict[str, str]:
    """Goede koppen voor dit feit."""
    dienst = TOPICS[feit.topic].bron or "telling"
    nummer = {} if feit.topic == "peil" else {"ce_sequence": "1207", "ce_sequencetype": "Integer"}
    return {
        "ce_specversion": "1.0",
        "ce_id": "019a1d2c-7b00-7d33-8c77-5f4a6b7c8d01",
        "ce_source": f"urn:nld:oin:00000000000000000000:systeem:{dienst}",
        "ce_type": feit.type_,
        "ce_time": "2024-02-29T13:37:01.250Z",
        "ce_dataschema": f"urn:voorbeeld:schema:{feit.naam}.v{feit.type_versie}",
        "ce_correlationid": "019a1d2c-7aff-7000-8000-000000000001",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "content-type": "application/json",
        **nummer,
    }


@pytest.mark.parametrize("feit", examples(), ids=lambda f: f.naam)
def test_elk_voorbeeld_met_goede_koppen_is_in_orde(feit: Feit) -> None:
    assert lint(koppen(feit), feit.bytes_()) == []


def test_historie_is_in_orde() -> None:
    geladen = voorbeeld(UrenVerloond, bekend_op=datetime(2018, 4, 30, 22, tzinfo=UTC))
    assert lint(koppen(geladen), geladen.bytes_()) == []


@pytest.mark.parametrize("kop", [k for k in koppen(UREN) if k not in ("ce_correlationid", "traceparent")])
def test_een_verplichte_kop_mist(kop: str) -> None:
    zonder = koppen(UREN)
    del zonder[kop]
    assert f"{kop}: ontbreekt" in lint(zonder, UREN.bytes_())


@pytest.mark.parametrize("kop", ["ce_correlationid", "traceparent"])
def test_wie_niet_door_iets_anders_begon_mist_niets(kop: str) -> None:
    zonder = koppen(UREN)
    del zonder[kop]
    assert lint(zonder, UREN.bytes_()) == []


@pytest.mark.parametrize(
    ("kop", "waarde"),
    [
        ("ce_specversion", "1.0.2"),
        ("ce_id", "5b1f6c1e-0d0a-4f0e-9c2b-7a3d5e8f1a01"),
        ("ce_id", "019A1D2C-7B00-7D33-8C77-5F4A6B7C8D01"),
        ("ce_id", "1207"),
        ("ce_source", "https://uwv.example/plaatsing"),
        ("ce_source", "urn:nld:oin:123:systeem:plaatsing"),
        ("ce_source", "urn:nld:oin:00000000000000000000:systeem:Plaatsing"),
        ("ce_type", "nl.uwv.uren-verloond.v1"),
        ("ce_type", "nl.banenafspraak.uren-verloond"),
        ("ce_type", "nl.banenafspraak.uwv-uren.v1"),
        ("ce_type", "nl.banenafspraak.uren-verloond.v1.2"),
        ("ce_time", "2024-02-29T13:37:01Z"),
        ("ce_time", "2024-02-29T13:37:01.250+01:00"),
        ("ce_time", "2024-02-29T13:37:01.250000Z"),
        ("ce_time", "2023-02-29T13:37:01.250Z"),
        ("ce_sequence", "0"),
        ("ce_sequence", "01207"),
        ("ce_sequence", "2147483648"),
        ("ce_sequencetype", "integer"),
        ("ce_dataschema", "uren-verloond.v1.json"),
        ("ce_correlationid", "opdracht 3"),
        ("ce_causationid", ""),
        ("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        ("traceparent", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("content-type", "text/plain"),
    ],
)
def test_een_kop_met_een_verkeerde_waarde(kop: str, waarde: str) -> None:
    meldingen = lint({**koppen(UREN), kop: waarde}, UREN.bytes_())
    assert any(melding.startswith(f"{kop}: moet") for melding in meldingen)


@pytest.mark.parametrize(
    ("kop", "melding"),
    [
        ("ce_subject", "gebruiken wij niet"),
        ("ce_geldigVan", "kleine letters en cijfers"),
        ("ce_eenveeltelangeattribuutnaam", "hoogstens 20"),
        ("ce_datacontenttype", "niet in de lijst"),
        ("x-afzender", "niet in de lijst"),
    ],
)
def test_een_kop_die_er_niet_hoort(kop: str, melding: str) -> None:
    assert any(m.startswith(f"{kop}: ") and melding in m for m in lint({**koppen(UREN), kop: "iets"}, UREN.bytes_()))


@pytest.mark.parametrize(
    ("anders", "melding"),
    [
        ({"ce_type": "nl.banenafspraak.uren-verloond.v9"}, "ce_type: nl.banenafspraak.uren-verloond.v9 staat niet in"),
        (
            {"ce_source": "urn:nld:oin:00000000000000000000:systeem:telling"},
            "ce_source: op verloonde-uren spreekt alleen plaatsing, niet telling",
        ),
        ({"ce_dataschema": "urn:voorbeeld:schema:plaatsing-gestart.v1"}, "ce_dataschema: wijst niet naar"),
        ({"tracestate": "bsn=123456782"}, "tracestate: bevat iets dat een BSN kan zijn"),
        ({"tracestate": f"p={PERSOON}"}, "attributen: het pseudoniem"),
    ],
)
def test_wat_niet_bij_elkaar_hoort(anders: dict[str, str], melding: str) -> None:
    assert any(m.startswith(melding) for m in lint({**koppen(UREN), **anders}, UREN.bytes_()))


def test_een_peil_heeft_geen_nummer() -> None:
    peil = next(feit for feit in examples() if feit.topic == "peil")
    met = {**koppen(peil), "ce_sequence": "1"}
    assert lint(met, peil.bytes_()) == ["ce_sequence: een peil heeft geen nummer"]


def _veranderd(verander: Callable[[dict[str, object]], object]) -> bytes:
    inhoud = json.loads(UREN.bytes_())
    verander(inhoud)
    return json.dumps(inhoud, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("data", "melding"),
    [
        (b"", "data: is geen JSON in UTF-8"),
        (b"{", "data: is geen JSON in UTF-8"),
        (b"\xff\xfe", "data: is geen JSON in UTF-8"),
        (b"5", "data: is geen JSON-object"),
        (_veranderd(lambda d: d.update(maand="2024-13")), "data: past niet bij"),
        (_veranderd(lambda d: d.pop("plaatsing")), "data: past niet bij"),
        (_veranderd(lambda d: d.update(ploeg="blauw")), "data: is niet de canonieke vorm"),
        (_veranderd(lambda d: d.update(factor=0.5)), "data: bevat een kommagetal"),
        (_veranderd(lambda d: d.update(bsn="123456782")), "data: bevat iets dat een BSN kan zijn"),
        (_veranderd(lambda d: d.update(bsn=111222333)), "data: bevat iets dat een BSN kan zijn"),
        (UREN.bytes_().replace(b",", b", "), "data: is niet de canonieke vorm"),
        (b" " + UREN.bytes_(), "data: is niet de canonieke vorm"),
    ],
)
def test_data_die_niet_klopt(data: bytes, melding: str) -> None:
    assert any(m.startswith(melding) for m in lint(koppen(UREN), data))


def test_een_melding_herhaalt_de_data_niet() -> None:
    for data in (_veranderd(lambda d: d.update(maand="geheim")), _veranderd(lambda d: d.update(bsn="123456782"))):
        assert not any("geheim" in melding or "123456782" in melding for melding in lint(koppen(UREN), data))


def test_negen_cijfers_die_geen_bsn_zijn_mogen() -> None:
    assert not any("BSN" in melding for melding in lint(koppen(UREN), _veranderd(lambda d: d.update(nr="123456789"))))


def test_een_lege_waarde_mag_alleen_waar_de_laatste_stand_staat() -> None:
    assert lint(koppen(voorbeeld(PlaatsingStand)), b"") == []
    assert lint(koppen(voorbeeld(PlaatsingVergeten)), b"") == ["data: is geen JSON in UTF-8"]


def test_een_gebeurtenis_is_hoogstens_64_kb() -> None:
    groot = voorbeeld(RegelVastgesteld, inhoud=["een rij van een regel"] * 3000)
    assert lint(koppen(groot), groot.bytes_()) == ["gebeurtenis: is groter dan 64 KB"]
