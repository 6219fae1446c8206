"""De branche van een werkgever: de sectie (één letter) van de Standaard Bedrijfsindeling waarin een code valt."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

_CODE = re.compile(r"([A-V])?\s?(\d{2}(?:[. ]?\d){0,4})?", re.ASCII)


def branche(sbi: str | None) -> str | None:
    """De sectie van een SBI-code: de letter zelf als die gegeven is, anders die van de eerste twee cijfers (SBI 2008).

    `O`, `84`, `84.11` en `O 8411` zijn alle `O`. None als het geen code is of haar afdeling niet bestaat.
    """
    gelezen = _CODE.fullmatch(sbi.strip().upper()) if sbi else None
    if gelezen is None:
        return None
    letter, cijfers = gelezen.groups()
    return letter or _secties().get((cijfers or "")[:2])


@cache
def _secties() -> Mapping[str, str]:
    """Per afdeling (twee cijfers) haar sectie."""
    bestand = resources.files("services.plaatsing") / "gegevens" / "sbi-secties.csv"
    return {
        f"{afdeling:02d}": rij["sectie"]
        for rij in csv.DictReader(bestand.read_text("utf-8").splitlines())
        for afdeling in range(int(rij["afdeling_van"]), int(rij["afdeling_tot"]) + 1)
    }
