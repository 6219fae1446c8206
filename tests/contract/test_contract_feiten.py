"""De gebeurtenissen: vorm, sleutel, topic, canonieke bytes, en wat de modellen weigeren en wat niet."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import (
    ALLE_FEITEN,
    TOPICS,
    Feit,
    GebeurtenisGeparkeerd,
    Grondslag,
    Peil,
    PersoonSamengevoegd,
    PersoonVerhuisd,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingStand,
    PublicatieVastgesteld,
    Reden,
    RegelVastgesteld,
    Registratie,
    RegistratieIngegaan,
    TeRealiserenAantalVastgesteld,
    UrenStand,
    UrenVerloond,
    Woonplaats,
    feit_van,
)
from banenspoor_contracts.voorbeelden import CEL, GEGEVENS, PERSOON, PLAATSING, UREN, examples, voorbeeld
from pydantic import ValidationError


def test_er_is_van_elke_gebeurtenis_precies_een_voorbeeld() -> None:
    assert [type(feit) for feit in examples()] == list(ALLE_FEITEN)


def test_elk_type_is_uniek_en_vindt_zijn_klasse() -> None:
    types = [feit.type_ for feit in ALLE_FEITEN]
    assert len(set(types)) == len(types)
    assert [feit_van(type_) for type_ in types] == list(ALLE_FEITEN)
    assert feit_van("nl.banenafspraak.uren-verloond.v2") is None
    assert UrenVerloond.type_ == "nl.banenafspraak.uren-verloond.v1"


@pytest.mark.parametrize("klasse", ALLE_FEITEN, ids=lambda k: k.naam)
def test_de_klasse_heet_naar_de_gebeurtenis_en_haar_topic_bestaat(klasse: type[Feit]) -> None:
    assert "".join(deel.capitalize() for deel in klasse.naam.split("-")) == klasse.__name__
    assert klasse.topic in TOPICS
    assert klasse.document() == f"{klasse.naam}.v1.json"


@pytest.mark.parametrize("feit", examples(), ids=lambda f: f.naam)
def test_de_bytes_zijn_canoniek_en_geven_hetzelfde_feit_terug(feit: Feit) -> None:
    bytes_ = feit.bytes_()
    inhoud = json.loads(bytes_)
    assert bytes_ == json.dumps(inhoud, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert type(feit).model_validate_json(bytes_) == feit
    assert not any("_" in naam for naam in inhoud)
    assert len(bytes_) < 64 * 1024


@pytest.mark.parametrize("feit", examples(), ids=lambda f: f.naam)
def test_een_onbekend_veld_wordt_overgeslagen(feit: Feit) -> None:
    met_meer = {**json.loads(feit.bytes_()), "eenNieuwVeld": 1}
    assert type(feit).model_validate(met_meer).bytes_() == feit.bytes_()


@pytest.mark.parametrize("feit", examples(), ids=lambda f: f.naam)
def test_een_feit_is_onveranderlijk(feit: Feit) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(feit, "bekend_op", datetime(2024, 1, 1, tzinfo=UTC))  # noqa: B010


def test_de_sleutel_is_persoon_plaatsing_gemeente_soort_of_bron() -> None:
    sleutels = {type(feit).naam: feit.sleutel() for feit in examples()}
    assert sleutels["uren-verloond"] == sleutels["plaatsing-gestart"] == str(PERSOON)
    assert sleutels["plaatsing-stand"] == str(PLAATSING)
    assert sleutels["te-realiseren-aantal-vastgesteld"] == "0014"
    assert sleutels["regel-vastgesteld"] == "norm"
    assert sleutels["peil"] == voorbeeld(Peil).bron
    assert sleutels["gebeurtenis-geparkeerd"] == sleutels["gebeurtenis-hersteld"] == str(PERSOON)


def test_een_melding_gaat_naar_het_topic_met_dlq_erachter() -> None:
    melding = voorbeeld(GebeurtenisGeparkeerd, bron_topic="plaatsingen")
    assert melding.op_topic() == "plaatsingen.dlq"
    assert json.loads(melding.bytes_())["topic"] == "plaatsingen"
    assert voorbeeld(UrenVerloond).op_topic() == "verloonde-uren"


def test_bekend_op_staat_alleen_in_de_data_als_het_er_is() -> None:
    assert b"bekendOp" not in voorbeeld(UrenVerloond).bytes_()
    zomertijd = datetime(2018, 5, 1, tzinfo=timezone(timedelta(hours=2)))
    geladen = voorbeeld(UrenVerloond, bekend_op=zomertijd)
    assert json.loads(geladen.bytes_())["bekendOp"] == "2018-04-30T22:00:00Z"
    assert geladen.bekend_op == zomertijd


def test_een_moment_zonder_tijdzone_wordt_geweigerd() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        voorbeeld(UrenVerloond, bekend_op=datetime(2018, 5, 1))  # noqa: DTZ001


def test_een_publicatie_zegt_altijd_wanneer_haar_cijfers_bekend_waren() -> None:
    with pytest.raises(ValidationError, match="bekend_op"):
        voorbeeld(PublicatieVastgesteld, bekend_op=None)


def test_eenheden_staan_met_hoofdletter_in_de_json() -> None:
    assert {"urenX100", "uitbetaaldX100"} <= json.loads(UREN.bytes_()).keys()
    assert "urenPerWeekX100" in json.loads(GEGEVENS.bytes_())
    assert "procentX100" in json.loads(next(f for f in examples() if f.naam == "loonwaarde-vastgesteld").bytes_())


def test_een_samengevoegde_persoon_verwijst_met_in() -> None:
    assert json.loads(voorbeeld(PersoonSamengevoegd).bytes_())["in"] == str(PERSOON)


@pytest.mark.parametrize("tot", [date(2017, 3, 1), date(2017, 2, 1)])
def test_een_lege_periode_wordt_geweigerd(tot: date) -> None:
    for periode in (
        lambda: Registratie(grondslag=Grondslag.WSW, van=date(2017, 3, 1), tot=tot),
        lambda: Woonplaats(gemeente="0014", van=date(2017, 3, 1), tot=tot),
        lambda: voorbeeld(PlaatsingGestart, van=date(2017, 3, 1), tot=tot),
    ):
        with pytest.raises(ValidationError, match="periode is leeg"):
            periode()


def test_een_periode_van_een_dag_mag() -> None:
    assert Registratie(grondslag=Grondslag.WSW, van=date(2017, 3, 1), tot=date(2017, 3, 2)).tot == date(2017, 3, 2)


def test_dezelfde_grondslag_mag_niet_overlappen_twee_verschillende_wel() -> None:
    wsw = Registratie(grondslag=Grondslag.WSW, van=date(2015, 1, 1), tot=date(2018, 1, 1))
    weer = wsw.model_copy(update={"van": date(2017, 12, 31), "tot": None})
    ander = weer.model_copy(update={"grondslag": Grondslag.PW_INDICATIE})
    aansluitend = weer.model_copy(update={"van": date(2018, 1, 1)})
    with pytest.raises(ValidationError, match="overlappen"):
        voorbeeld(RegistratieIngegaan, registraties=(weer, wsw))
    assert voorbeeld(RegistratieIngegaan, registraties=(ander, aansluitend, wsw)).registraties == (
        wsw,
        ander,
        aansluitend,
    )


def test_wie_op_twee_plaatsen_tegelijk_woont_wordt_geweigerd() -> None:
    hier = Woonplaats(gemeente="0014", van=date(2015, 1, 1))
    daar = Woonplaats(gemeente="1952", van=date(2018, 1, 1))
    with pytest.raises(ValidationError, match="overlappen"):
        voorbeeld(PersoonVerhuisd, woonplaatsen=(hier, daar))


@pytest.mark.parametrize("gemeente", ["14", "GM0014", "00014", "0o14", "", "٠٠١٤", "0014\n"])
def test_een_gemeente_is_vier_cijfers(gemeente: str) -> None:
    with pytest.raises(ValidationError, match="gemeente"):
        Woonplaats(gemeente=gemeente, van=date(2015, 1, 1))


@pytest.mark.parametrize("maand", ["2024-13", "2024-00", "2024-1", "24-01", "2024-01-01", "2024"])
def test_een_maand_is_jaar_en_maand(maand: str) -> None:
    with pytest.raises(ValidationError, match="maand"):
        voorbeeld(UrenVerloond, maand=maand)


@pytest.mark.parametrize("uren", [80.0, 80.5, "8000", True])
def test_uren_zijn_gehele_getallen(uren: Any) -> None:
    with pytest.raises(ValidationError, match="uren_x100"):
        UrenStand(uren_x100=uren, werkgever=UREN.werkgever, cel=CEL)


def test_negatieve_uren_mogen_en_ook_een_negatief_gewoon_deel() -> None:
    assert UrenStand(uren_x100=-250, werkgever=UREN.werkgever, cel=CEL).uren_x100 == -250
    verrekend = UrenStand(uren_x100=1000, uitbetaald_x100=2000, werkgever=UREN.werkgever, cel=CEL)
    assert verrekend.regulier_x100 == -1000


def test_uren_zonder_nieuw_en_zonder_vorig_zeggen_niets() -> None:
    with pytest.raises(ValidationError, match="allebei leeg"):
        voorbeeld(UrenVerloond, nieuw=None, vorig=None)
    assert voorbeeld(UrenVerloond, nieuw=None, reden=Reden.ONGEDAAN).nieuw is None


def test_de_wijziging_is_het_verschil_tussen_twee_standen() -> None:
    feit = voorbeeld(PlaatsingGewijzigd)
    assert feit.gewijzigd.keys() == {"urenPerWeekX100"}
    assert (feit.gewijzigd["urenPerWeekX100"].vorig, feit.gewijzigd["urenPerWeekX100"].nieuw) == (2400, 2800)
    gestart = voorbeeld(PlaatsingGestart)
    assert gestart.verschil_met(gestart) == {}
    assert gestart.gegevens == GEGEVENS
    assert voorbeeld(PlaatsingStand).verschil_met(gestart)["vorm"].nieuw == "formeel"


def test_de_versie_in_de_data_is_niet_de_versie_van_het_type() -> None:
    feit = voorbeeld(PlaatsingGestart, versie=7)
    assert (feit.versie, feit.type_versie) == (7, 1)
    with pytest.raises(ValidationError, match="versie"):
        voorbeeld(PlaatsingGestart, versie=0)


@pytest.mark.parametrize("inhoud", [1.5, {"a": [1, {"b": 2.0}]}, [0.1]])
def test_een_regel_bevat_geen_kommagetal(inhoud: Any) -> None:
    with pytest.raises(ValidationError, match="kommagetal"):
        voorbeeld(RegelVastgesteld, inhoud=inhoud)


def test_een_aantal_beschut_werk_is_niet_negatief() -> None:
    assert voorbeeld(TeRealiserenAantalVastgesteld, aantal=0).aantal == 0
    with pytest.raises(ValidationError, match="aantal"):
        voorbeeld(TeRealiserenAantalVastgesteld, aantal=-1)


def test_de_partities_in_een_peil_overleven_de_json() -> None:
    peil = voorbeeld(Peil, nummers={"plaatsingen": {10: 3, 2: 1}})
    assert Peil.model_validate_json(peil.bytes_()).nummers == {"plaatsingen": {2: 1, 10: 3}}


def test_een_voorbeeld_met_een_veld_dat_niet_bestaat_is_een_fout() -> None:
    with pytest.raises(TypeError, match="werkgeverr"):
        voorbeeld(PlaatsingGestart, werkgeverr=UUID(int=1))
