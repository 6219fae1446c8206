"""De brug tussen twee kennismomenten: van het ene cijfer naar het andere, stap voor stap, zonder rest.

Eerst de boekingen ertussen per reden, met de regels van het eerste moment; daarna elke regel die veranderde, één voor één in
een vaste volgorde. De grootte van een stap hangt van die volgorde af, de som niet. Een stap "overig" bestaat niet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from banenspoor_contracts import RegelSoort

from services.telling.domain.bedragen import afgerond
from services.telling.domain.optelling import Kenmerken, op_volgorde
from services.telling.domain.regels import Regelboek

REGELVOLGORDE = (
    RegelSoort.GEBIEDEN,
    RegelSoort.WIE_TELT,
    RegelSoort.PEILMOMENT,
    RegelSoort.MEETVENSTER,
    RegelSoort.PLAATS,
    RegelSoort.NORM,
    RegelSoort.VERDEELSLEUTEL,
    RegelSoort.NULMETING,
)
"""In deze volgorde worden regels één voor één vervangen. Een doelstelling hoort er niet bij: zij verandert geen telling."""

Plek = tuple[str, Kenmerken]
"""Een cel van een antwoord: haar periode en haar kenmerken."""
Waarden = Mapping[Plek, Fraction | None]
"""Per cel het exacte bedrag; None is niet te bepalen. Een cel die er niet bij staat, is nul."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Wat boekingen met één reden samen in een cel veranderen, en hoeveel boekingen dat zijn."""

    bedrag: Fraction
    boekingen: int


Effecten = Mapping[str, Mapping[Plek, Effect]]
"""Per reden, in vaste volgorde, en per cel wat er verandert."""


@dataclass(frozen=True, slots=True)
class Stap:
    """Eén stap. `soort` is `reden` of `regel`; bij een regel is `boekingen` nul."""

    soort: str
    naam: str
    bedrag: Fraction
    boekingen: int = 0


@dataclass(frozen=True, slots=True)
class Brug:
    """De brug van één cel: `eind` = `begin` + alle stappen. Is een van beide onbekend, dan zijn er geen stappen."""

    plek: Plek
    begin: Fraction | None
    eind: Fraction | None
    stappen: tuple[Stap, ...]

    @property
    def verschil(self) -> Fraction | None:
        """Wat er veranderde."""
        return None if self.begin is None or self.eind is None else self.eind - self.begin

    def vanaf_nul(self, naam: str) -> "Brug":
        """Dezelfde brug met haar begin als eerste stap, voor wie haar vanaf nul wil zien optellen."""
        if self.begin is None or self.eind is None:
            return self
        return Brug(self.plek, Fraction(0), self.eind, (Stap("regel", naam, self.begin), *self.stappen))

    @property
    def afronding(self) -> int | None:
        """De regel die de afgeronde getallen sluitend maakt: afgerond eind − afgerond begin − de afgeronde stappen."""
        if self.begin is None or self.eind is None:
            return None
        return afgerond(self.eind) - afgerond(self.begin) - sum(afgerond(stap.bedrag) for stap in self.stappen)


def gewijzigd(
    eerst: Regelboek, later: Regelboek, soorten: Sequence[RegelSoort] = REGELVOLGORDE
) -> list[tuple[RegelSoort, Regelboek]]:
    """Elk van deze soorten die veranderde, met het regelboek waarin zij en alle vorige al zijn zoals later."""
    uit: list[tuple[RegelSoort, Regelboek]] = []
    vervangen = set[str]()
    for soort in soorten:
        toen, nu = ([regel for regel in boek.alle if regel.soort == soort] for boek in (eerst, later))
        if toen != nu:
            vervangen.add(soort)
            uit.append((soort, eerst.met(later, vervangen)))
    return uit


def bruggen(
    begin: Waarden, effecten: Effecten, tussen: Sequence[tuple[str, Waarden]], eind: Waarden, plekken: Iterable[Plek]
) -> list[Brug]:
    """De brug van elke cel. `tussen`: na alle boekingen, per gewijzigde soort regel de waarden met die regel erbij."""
    volgorde = sorted(set(plekken), key=lambda plek: (plek[0], op_volgorde(plek[1])))
    return [_brug(plek, begin, effecten, tussen, eind) for plek in volgorde]


def _brug(plek: Plek, begin: Waarden, effecten: Effecten, tussen: Sequence[tuple[str, Waarden]], eind: Waarden) -> Brug:
    van, tot = begin.get(plek, Fraction(0)), eind.get(plek, Fraction(0))
    if van is None or tot is None:
        return Brug(plek, van, tot, ())
    per_reden = [(naam, per_cel[plek]) for naam, per_cel in effecten.items() if plek in per_cel]
    stappen = [Stap("reden", naam, effect.bedrag, effect.boekingen) for naam, effect in per_reden]
    bereikt, namen = van + sum((stap.bedrag for stap in stappen), Fraction(0)), list[str]()
    for soort, waarden in tussen:
        waarde, namen = waarden.get(plek, Fraction(0)), [*namen, soort]
        if waarde is not None:  # met deze regel alleen is er geen cijfer: dan horen zij en de volgende bij één stap
            if waarde != bereikt:
                stappen.append(Stap("regel", "+".join(namen), waarde - bereikt))
            bereikt, namen = waarde, []
    return Brug(plek, van, tot, tuple(stappen))
