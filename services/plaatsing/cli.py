"""Wat de opdrachtregel van plaatsing weet: de bestandsvormen die zij aanneemt."""

from services.plaatsing.api import SOORTEN

__all__ = ["SOORTEN"]
