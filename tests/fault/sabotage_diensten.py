"""Sabotages buiten het leidingwerk: wat een dienst zegt en boekt."""

from tests.fault.sabotage import Sabotage

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "zeggen zonder verschil",
        "services/plaatsing/domain/verschil.py",
        "    if _zelfde(nieuw, vorig):\n        return None\n",
        "",
        "tests/unit/test_plaatsing_verschil.py",
    ),
    Sabotage(
        "`vorig` niet van het laatst gezegde",
        "services/plaatsing/domain/verschil.py",
        "    vorig = None if gezegd is None else gezegd.stand\n",
        "    vorig = None\n",
        "tests/unit/test_plaatsing_verschil.py",
    ),
    Sabotage(
        "kennistijd van een aanleiding vóór wat al gezegd is",
        "services/plaatsing/domain/verschil.py",
        "    return bekend_op if gezegd is None else na(gezegd.bekend_op, bekend_op)\n",
        "    return bekend_op\n",
        "tests/unit/test_plaatsing_verschil.py",
    ),
)
