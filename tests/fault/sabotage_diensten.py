"""Sabotages buiten het leidingwerk: wat een dienst zegt."""

from tests.fault.sabotage import Sabotage

SABOTAGES: tuple[Sabotage, ...] = ()
