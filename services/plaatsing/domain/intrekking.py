"""Een levering intrekken: elke regel gaat terug naar haar laatste versie die blijft, of verdwijnt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from banenspoor_contracts import UrenVerloond

from services.plaatsing.domain.dossier import Dossier, Omgeving
from services.plaatsing.domain.stand import ONBEKEND, stand
from services.plaatsing.domain.uren import Regel, Sleutel, in_maand, maanden
from services.plaatsing.domain.verschil import Aanleiding, Moment


def zet_terug(
    dossier: Dossier, terug: Mapping[Sleutel, Regel | None], moment: Moment, omgeving: Omgeving
) -> list[UrenVerloond]:
    """Zet deze regels op wat er blijft (None: niets) en zegt de geraakte maanden, en alleen die, opnieuw.

    Een regel die er niet (meer) is komt niet terug. Zegt wat er blijft hetzelfde, dan is alleen anders wie het leverde.
    Een maand zonder regel wordt gezegd als niets; van een baan die ongedaan is gemaakt wordt niets gezegd. `regels` van het
    dossier is volledig over de maanden van `terug`.
    """
    baan, geraakt = dossier.baan, dict[str, str | None]()
    for sleutel, regel in sorted(terug.items(), key=lambda t: t[0][1:]):
        if (nu := dossier.regels.get(sleutel)) is None:
            continue
        if regel is None:
            del dossier.regels[sleutel]
        elif not regel.zegt_hetzelfde(nu):
            dossier.regels[sleutel] = regel
        elif (regel.leverancier, regel.levering) != (nu.leverancier, nu.levering):
            dossier.regels[sleutel] = regel._replace(bekend_op=nu.bekend_op)
        else:
            continue
        if regel is not None:
            dossier.nieuwe_regels.add(sleutel)
        if regel is None or not regel.zegt_hetzelfde(nu):
            for maand, _ in maanden(nu, baan.van, baan.tot):
                geraakt[maand] = geraakt.get(maand) if regel is None else regel.leverancier
    if baan.ongedaan is not None:
        return []
    register = omgeving.registers.get(baan.persoon, ONBEKEND)
    feiten: list[UrenVerloond] = []
    for maand, leverancier in sorted(geraakt.items()):
        nieuw = stand(baan, maand, dossier.regels.values(), register, omgeving.sectoren)
        feiten.extend(dossier.zeg(maand, nieuw, Aanleiding.INTREKKING, moment, omgeving, leverancier))
    return feiten


@dataclass(slots=True)
class Voorbeeld:
    """Wat intrekken zou veranderen: regels die vervallen, terugvallen op een vorige, of blijven; en per maand de uren.

    `maanden`: per maand hoeveel banen er een andere regel krijgen, en het verschil in honderdsten van uren.
    """

    vervallen: int = 0
    vorige: int = 0
    blijven: int = 0
    banen: int = 0
    maanden: dict[str, list[int]] = field(default_factory=dict)
    _baan: int = 0
    _gehad: set[str] = field(default_factory=set)

    def neem(self, nr: int, van: date, tot: date | None, nu: Regel, terug: Regel | None) -> None:
        """Telt één regel mee van baan `nr` met periode `[van, tot)`; banen komen op volgorde."""
        if nr != self._baan:
            self._baan, self._gehad = nr, set()
        if terug is not None and terug.zegt_hetzelfde(nu):
            self.blijven += 1
            return
        self.banen += not self._gehad
        self.vervallen, self.vorige = self.vervallen + (terug is None), self.vorige + (terug is not None)
        for maand, _ in maanden(nu, van, tot):
            blijft = 0 if terug is None else in_maand(terug, maand, van, tot) or 0
            rij = self.maanden.setdefault(maand, [0, 0])
            rij[0] += maand not in self._gehad
            rij[1] += blijft - (in_maand(nu, maand, van, tot) or 0)
            self._gehad.add(maand)
