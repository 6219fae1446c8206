"""Een levering van verloonde uren zoals zij te lezen is: per maand, naast de vorige, en of een leverancier te laat of stil is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.plaatsing.domain.jaarsluiting import na_sluiting
from services.plaatsing.domain.kalender import DAG, dagen_per_maand, eerste_dag, laatste_dag, maand_van
from services.plaatsing.domain.uren import verdeel


@dataclass(frozen=True, slots=True)
class Groep:
    """Regels van één levering met hetzelfde tijdvak binnen hun baan en dezelfde geschiedenis.

    `samen`: het tijdvak is één maand en `uren_x100` is de som; anders is het de uren van elke regel. `nieuw_op`: de dag
    waarop zij er kwamen, als zij er niet waren. `anders_op`: de dag waarop zij het laatst iets veranderden.
    """

    van: date
    tot: date
    samen: bool
    uren_x100: int
    aantal: int
    nul: int
    negatief: int
    nieuw_op: date | None
    anders_op: date | None


@dataclass(slots=True)
class Leveringmaand:
    """Wat een levering over een maand zegt: regels die haar raken, hun uren, en hoeveel daarvan laat waren."""

    regels: int = 0
    uren_x100: int = 0
    nalevering: int = 0
    na_sluiting_jaar: int = 0


@dataclass(slots=True)
class Inhoud:
    """De regels van een levering bij elkaar; elke regel zoals deze levering haar het laatst zei."""

    regels: int = 0
    nul: int = 0
    negatief: int = 0
    maanden: dict[str, Leveringmaand] = field(default_factory=dict)


def inhoud(groepen: Iterable[Groep], sluitingen: Mapping[str, date]) -> Inhoud:
    """Telt de groepen op per maand. `sluitingen`: per maand vanaf welke dag zij voor deze leverancier gesloten is."""
    uit = Inhoud()
    for g in groepen:
        uit.regels, uit.nul, uit.negatief = uit.regels + g.aantal, uit.nul + g.nul, uit.negatief + g.negatief
        if not (delen := dagen_per_maand(g.van, g.tot)):
            continue  # na de levering viel zij buiten de baan
        uren = [g.uren_x100] if g.samen else verdeel(g.uren_x100, [dagen for _, dagen in delen])
        for (naam, _), deel in zip(delen, uren, strict=True):
            maand = uit.maanden.setdefault(naam, Leveringmaand())
            maand.regels += g.aantal
            maand.uren_x100 += deel if g.samen else deel * g.aantal
            sluit = sluitingen.get(naam)
            if g.nieuw_op is not None and sluit is not None and g.nieuw_op >= sluit:
                maand.nalevering += g.aantal
            if g.anders_op is not None and na_sluiting(naam, g.anders_op):
                maand.na_sluiting_jaar += g.aantal
    return uit


def ontbrekend(nu: Collection[str], vorige: Collection[str]) -> list[str]:
    """De maanden die tussen de vorige levering en deze zijn overgeslagen."""
    if not nu or not vorige:
        return []
    alle, dag, uit = {*nu, *vorige}, eerste_dag(min(vorige)), list[str]()
    while (maand := maand_van(dag)) < max(nu):
        if maand not in alle:
            uit.append(maand)
        dag = laatste_dag(maand) + DAG
    return uit


class Verschil(StrEnum):
    """Hoe een baan in een levering staat naast de vorige levering van dezelfde leverancier."""

    NIEUW = "nieuw"
    VERDWENEN = "verdwenen"
    """Zij staat er niet meer in en was bij het begin van deze levering niet geëindigd."""
    GEEINDIGD = "geeindigd"
    MEER = "meer"
    """Meer uren per dag dan de afwijking toelaat."""
    MINDER = "minder"


@dataclass(frozen=True, slots=True)
class Leverancierstand:
    """Of een leverancier op tijd is. `te_laat`: maanden die gesloten zijn en waarvan niets kwam, met hun sluitdag.

    `verwacht`: de eerste maand die nog moet sluiten en waarvan niets kwam. `stil_sinds`: de dag van zijn laatste levering,
    als die te lang geleden is.
    """

    te_laat: tuple[tuple[str, date], ...]
    verwacht: tuple[str, date] | None
    stil_sinds: date | None

    @property
    def te_laat_sinds(self) -> date | None:
        """De eerste dag waarop er iets te laat was en nog is."""
        return min((sluit for _, sluit in self.te_laat), default=None)


def leverancierstand(
    geleverd: Collection[str], laatst: date | None, sluitingen: Mapping[str, date], vandaag: date, stil_dagen: int
) -> Leverancierstand:
    """De stand van een leverancier; zijn kalender is zijn maandsluiting. Zonder kalender is hij nooit te laat, wel stil."""
    open_ = sorted((maand, sluit) for maand, sluit in sluitingen.items() if maand not in geleverd)
    stil = laatst is not None and (vandaag - laatst).days >= stil_dagen
    return Leverancierstand(
        te_laat=tuple((maand, sluit) for maand, sluit in open_ if sluit <= vandaag),
        verwacht=next(((maand, sluit) for maand, sluit in open_ if sluit > vandaag), None),
        stil_sinds=laatst if stil else None,
    )
