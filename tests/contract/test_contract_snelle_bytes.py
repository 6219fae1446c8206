"""De uitgeschreven bytes van `uren-verloond` zijn precies die van elke andere waarde."""

import json
from datetime import UTC, datetime

from banenspoor_contracts import Cel, Reden, UrenStand, UrenVerloond
from banenspoor_contracts.feit import Feit, Waarde
from banenspoor_contracts.voorbeelden import voorbeeld
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.test_contract_canoniek import CELLEN, STANDEN

MOMENTEN = st.none() | st.datetimes(datetime(1900, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(CELLEN)
def test_a_cell_has_the_canonical_bytes(cel: Cel) -> None:
    assert cel.bytes_() == Waarde.bytes_(cel)


@given(STANDEN)
def test_a_state_has_the_canonical_bytes(stand: UrenStand) -> None:
    assert stand.bytes_() == Waarde.bytes_(stand)


@given(STANDEN, st.none() | STANDEN, MOMENTEN, st.sampled_from(Reden), st.booleans())
def test_hours_have_the_canonical_bytes(
    een: UrenStand, ander: UrenStand | None, moment: datetime | None, reden: Reden, om: bool
) -> None:
    nieuw, vorig = (ander, een) if om else (een, ander)
    feit = voorbeeld(UrenVerloond, nieuw=nieuw, vorig=vorig, bekend_op=moment, reden=reden)
    assert feit.bytes_() == Feit.bytes_(feit)
    assert feit.model_copy(update={"bekend_op": None}).bytes_() == Feit.bytes_(
        feit.model_copy(update={"bekend_op": None})
    )


def test_the_written_out_fields_are_all_the_fields() -> None:
    assert set(UrenVerloond.model_fields) == {
        *("bekend_op", "maand", "nieuw", "persoon", "plaatsing", "reden", "vorig")
    }
    assert set(UrenStand.model_fields) == {"cel", "inlener", "uitbetaald_x100", "uren_x100", "werkgever"}


@given(STANDEN)
def test_a_state_comes_back_from_its_canonical_bytes(stand: UrenStand) -> None:
    terug = UrenStand.van_canoniek(stand.bytes_())
    assert terug == stand
    assert terug.bytes_() == stand.bytes_()


@given(STANDEN)
def test_a_state_written_otherwise_is_read_by_the_model_and_gets_canonical_bytes(stand: UrenStand) -> None:
    inhoud = stand.json_()
    inhoud["cel"].pop("subsectorInlener")  # van voor er een veld bij kwam
    terug = UrenStand.van_canoniek(json.dumps(inhoud, separators=(",", ":"), sort_keys=True).encode())
    verwacht = UrenStand.model_validate(inhoud)
    assert terug == verwacht
    assert terug.bytes_() == Waarde.bytes_(verwacht)
    assert UrenStand.van_canoniek(json.dumps(stand.json_()).encode()).bytes_() == stand.bytes_()
