"""Stromen van het register: wie er tussen twee dagen in kwam en uit ging, op welke grondslag en waarom.

Beide standen zijn die van `geregistreerd`, op hetzelfde kennismoment. Een verbetering van het verleden is dus geen stroom:
zij verandert beide standen zoals zij nu bekend zijn.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

AAN_WERK_GEBONDEN = "aan-werk-gebonden"
"""De soort van wie alleen in of uit het register is doordat haar werk begon of ophield."""


class Grond(NamedTuple):
    """Eén grondslag van één persoon: gold zij op de begindag, op de einddag, en wat haar daartussen veranderde.

    `soort` en `reden` zijn leeg als zij op beide dagen gold.
    """

    grondslag: str
    begin: bool
    eind: bool
    soort: str | None = None
    reden: str | None = None


Inschrijvingen = tuple[Grond, ...]
"""Alle grondslagen van één persoon die op een van beide dagen golden, op volgorde van de dag waarop zij veranderden.

Voorop wat bleef, dan wat veranderde, op volgorde van begin (wat erbij kwam) of einde (wat wegviel)."""


class Reden(NamedTuple):
    """Waarom iemand in (`in`) of uit (`uit`) het register ging: de naam van de gebeurtenis, en de reden die zij noemt."""

    richting: str
    soort: str
    reden: str | None


@dataclass(frozen=True, slots=True)
class Registerstroom:
    """Begin, in, uit en eind; altijd: eind = begin + in − uit. De redenen tellen op tot in en uit."""

    begin: int
    eind: int
    redenen: Counter[Reden]

    def som(self, richting: str) -> int:
        """Hoeveel erin kwamen (`in`) of eruit gingen (`uit`)."""
        return sum(aantal for reden, aantal in self.redenen.items() if reden.richting == richting)


@dataclass(slots=True)
class _Teller:
    begin: int = 0
    eind: int = 0
    redenen: Counter[Reden] = field(default_factory=Counter)

    def tel(self, begin: bool, eind: bool, waarom: Grond, aantal: int) -> None:
        self.begin += aantal * begin
        self.eind += aantal * eind
        if begin != eind:
            self.redenen[Reden("in" if eind else "uit", waarom.soort or "", waarom.reden)] += aantal

    def klaar(self) -> Registerstroom:
        return Registerstroom(self.begin, self.eind, Counter(dict(sorted(self.redenen.items(), key=str))))


@dataclass(frozen=True, slots=True)
class Registerstromen:
    """De stromen van één periode: van personen (ieder één keer), en per grondslag van registraties."""

    personen: Registerstroom
    gronden: dict[str, Registerstroom]


def registerstromen(gevonden: Iterable[tuple[Inschrijvingen, int]]) -> Registerstromen:
    """Telt de stromen van één periode; bij elke combinatie van inschrijvingen staat hoeveel personen haar hebben."""
    personen, gronden = _Teller(), dict[str, _Teller]()
    for inschrijvingen, aantal in gevonden:
        begin, eind = any(g.begin for g in inschrijvingen), any(g.eind for g in inschrijvingen)
        personen.tel(begin, eind, waarom(inschrijvingen), aantal)
        for grond in inschrijvingen:
            gronden.setdefault(grond.grondslag, _Teller()).tel(grond.begin, grond.eind, grond, aantal)
    return Registerstromen(personen.klaar(), {code: gronden[code].klaar() for code in sorted(gronden)})


def waarom(inschrijvingen: Inschrijvingen) -> Grond:
    """De grondslag die beslist waarom een persoon erin kwam of eruit ging: het vroegste begin, of het laatste einde."""
    return inschrijvingen[0] if inschrijvingen[0].eind else inschrijvingen[-1]
