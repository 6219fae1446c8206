"""Eigenschappen van de canonieke bytes, over gegenereerde cellen en uren."""

import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from banenspoor_contracts import Cel, Contract, Grondslag, Sector, Subsector, UrenStand, UrenVerloond, Vorm
from banenspoor_contracts.voorbeelden import UREN, voorbeeld
from hypothesis import given
from hypothesis import strategies as st

GEMEENTE = st.from_regex(r"[0-9]{4}", fullmatch=True)
GRONDSLAGEN = st.lists(st.sampled_from(Grondslag), max_size=5).map(tuple)
CELLEN = st.fixed_dictionaries(
    {
        "gemeente_werk": GEMEENTE,
        "gemeente_woon": st.none() | GEMEENTE,
        "sector": st.sampled_from(Sector),
        "subsector": st.none() | st.sampled_from(Subsector),
        "sector_inlener": st.none() | st.sampled_from(Sector),
        "subsector_inlener": st.none() | st.sampled_from(Subsector),
        "vorm": st.sampled_from(Vorm),
        "contract": st.sampled_from(Contract),
        "grondslagen_maand": GRONDSLAGEN,
        "grondslagen_kwartaal": GRONDSLAGEN,
    }
).map(Cel.model_validate)
STANDEN = st.fixed_dictionaries(
    {
        "uren_x100": st.integers(-(10**6), 10**6),
        "uitbetaald_x100": st.integers(-(10**6), 10**6),
        "werkgever": st.uuids(),
        "inlener": st.none() | st.uuids(),
        "cel": CELLEN,
    }
).map(UrenStand.model_validate)


@given(CELLEN, CELLEN)
def test_cellen_zijn_gelijk_precies_als_hun_bytes_gelijk_zijn(deze: Cel, andere: Cel) -> None:
    assert (deze == andere) == (deze.bytes_() == andere.bytes_())


@given(CELLEN, st.randoms(use_true_random=False), st.booleans())
def test_de_volgorde_en_herhaling_van_grondslagen_doet_er_niet_toe(cel: Cel, toeval: Random, dubbel: bool) -> None:
    anders = {}
    for veld in ("grondslagen_maand", "grondslagen_kwartaal"):
        gehusseld = list(getattr(cel, veld)) * (2 if dubbel else 1)
        toeval.shuffle(gehusseld)
        anders[veld] = tuple(gehusseld)
    gelijk = Cel.model_validate({**cel.model_dump(), **anders})
    assert gelijk == cel
    assert gelijk.bytes_() == cel.bytes_()


@given(CELLEN)
def test_de_volgorde_van_velden_in_de_json_doet_er_niet_toe(cel: Cel) -> None:
    achterstevoren = json.dumps(dict(reversed(json.loads(cel.bytes_()).items())), indent=1)
    assert Cel.model_validate_json(achterstevoren).bytes_() == cel.bytes_()


@given(st.none() | STANDEN, STANDEN)
def test_uren_komen_uit_hun_bytes_terug_zoals_zij_erin_gingen(vorig: UrenStand | None, nieuw: UrenStand) -> None:
    feit = voorbeeld(UrenVerloond, nieuw=nieuw, vorig=vorig)
    terug = UrenVerloond.model_validate_json(feit.bytes_())
    assert terug == feit
    assert terug.bytes_() == feit.bytes_()


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_hetzelfde_moment_in_een_andere_tijdzone_geeft_dezelfde_bytes(moment: datetime, minuten: int) -> None:
    elders = moment.astimezone(timezone(timedelta(minutes=minuten)))
    assert voorbeeld(UrenVerloond, bekend_op=elders).bytes_() == voorbeeld(UrenVerloond, bekend_op=moment).bytes_()


def test_een_kenmerk_anders_is_een_andere_cel() -> None:
    cel = UREN.cel
    for veld, waarde in {
        "gemeente_werk": "0037",
        "gemeente_woon": None,
        "sector": Sector.OVERHEID,
        "subsector": Subsector.ZBO,
        "sector_inlener": None,
        "subsector_inlener": None,
        "vorm": Vorm.FORMEEL,
        "contract": Contract.VAST,
        "grondslagen_maand": (),
        "grondslagen_kwartaal": (Grondslag.WSW,),
    }.items():
        assert cel.model_copy(update={veld: waarde}).bytes_() != cel.bytes_(), veld
