"""Elke sabotage van het bezorgprotocol heeft haar plek nog precies één keer in de code (`make sabotage` draait ze)."""

import pytest

from shared.settings import WORTEL
from tests.fault.sabotage import Sabotage, sabotages


@pytest.mark.parametrize("sabotage", sabotages(), ids=lambda s: s.naam)
def test_every_sabotage_still_has_its_place_in_the_code(sabotage: Sabotage) -> None:
    assert (WORTEL / sabotage.bestand).read_text("utf-8").count(sabotage.goed) == 1
    assert sabotage.kapot != sabotage.goed
