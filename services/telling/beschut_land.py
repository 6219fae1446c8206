"""Beschut werk op de kaart: gemeenten op hun plek, gefilterd op gebied, en kenmerken bij hun naam."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from banenspoor_contracts import gemeenten

from services.telling.beschut_vraag import GEBIED, Vraag
from services.telling.domain.beschutcijfers import Beschutbaan, Sleutel, Som, Vervolg
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.perioden import Periode, eerste_dag
from services.telling.store.beschut import Aantal


class Land:
    """Legt gemeenten op hun plek (grenzen op de laatste dag), filtert op gebied, en noemt kenmerken bij hun naam."""

    geen: Sleutel = ()

    def __init__(self, grenzen: Grenzen, vraag: Vraag) -> None:
        self._grenzen, self._vraag, self._dag = grenzen, vraag, vraag.laatste
        self.alle: list[Som] = []

    def gemeente(self, code: str | None) -> str:
        """Waar deze gemeente op de laatste dag bij hoort."""
        return self._grenzen.gemeente(code, self._dag)

    def telt(self, gemeente: str) -> bool:
        """Valt deze gemeente binnen het gevraagde gebied?"""
        v = self._vraag
        in_gemeente = v.gemeente is None or gemeente == self.gemeente(v.gemeente)
        return in_gemeente and (v.regio is None or self._grenzen.regio(gemeente, self._dag) == v.regio)

    def bestaande(self, dag: date) -> set[str]:
        """De gemeenten die op deze dag bestaan."""
        return {
            g.code for g in gemeenten.GEMEENTEN.values() if g.laatste_jaar is None or g.laatste_jaar >= dag.year
        } & {code for code in gemeenten.GEMEENTEN if self._grenzen.gemeente(code, dag) == code}

    def _sleutel(self, kenmerken: Sleutel) -> Sleutel | None:
        """Van (soort, aanvrager, gemeente, kantoor) naar de gevraagde kenmerken; leeg als het gebied niet meetelt."""
        soort, aanvrager, code, kantoor = kenmerken
        gemeente = self.gemeente(code)
        if not self.telt(gemeente):
            return None
        waarden = {
            "soort": soort,
            "aanvrager": aanvrager,
            "gemeente": gemeente,
            "regio": self._grenzen.regio(gemeente, self._dag),
            "kantoor": kantoor,
        }
        return tuple(waarden[naam] for naam in self._vraag.per)

    def sommen(self, sommen: Sequence[Som]) -> list[Som]:
        """Met alleen de gevraagde kenmerken en gebieden."""
        self.alle = list(sommen)
        return [replace(s, kenmerken=k) for s in sommen if (k := self._sleutel(s.kenmerken)) is not None]

    def vervolg(self, vervolg: Sequence[Vervolg]) -> list[Vervolg]:
        """Idem."""
        return [replace(v, kenmerken=k) for v in vervolg if (k := self._sleutel(v.kenmerken)) is not None]

    def banen(self, banen: Sequence[Beschutbaan], p: Periode) -> dict[Sleutel, list[Beschutbaan]]:
        """De banen die in deze periode liepen, per cel."""
        uit: dict[Sleutel, list[Beschutbaan]] = {}
        for baan in banen:
            sleutel = self._sleutel((None, None, baan.gemeente, None))
            if sleutel is not None and baan.van <= p.einde and (baan.tot is None or baan.tot > eerste_dag(p.eerste)):
                uit.setdefault(sleutel, []).append(baan)
        return uit

    def te_realiseren(self, aantallen: Sequence[Aantal], p: Periode) -> dict[Sleutel, int]:
        """Het aantal eind van het jaar per cel: per gemeente het hoogste van de laatste regeling en verordening."""
        op_besluit = sorted(aantallen, key=lambda a: a.besloten_op)
        per_bron = {(a.gemeente, a.bron): a.aantal for a in op_besluit if a.jaar == p.jaar and a.van <= p.einde}
        hoogste: dict[str, int] = {}
        for (code, _), aantal in per_bron.items():
            hoogste[code] = max(aantal, hoogste.get(code, 0))
        uit: dict[Sleutel, int] = {}
        for code, aantal in hoogste.items():
            if (sleutel := self._sleutel((None, None, code, None))) is not None:
                uit[sleutel] = uit.get(sleutel, 0) + aantal
        return uit

    def kenmerken(self, sleutel: Sleutel) -> dict[str, str | None]:
        """De kenmerken van een cel bij hun naam."""
        uit = dict(zip(self._vraag.per, sleutel, strict=True))
        return uit | {f"{k}Naam": self._grenzen.namen.get(uit[k] or "") for k in GEBIED if k in uit}
