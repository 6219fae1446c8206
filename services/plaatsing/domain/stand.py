"""De stand van één baan in één maand: de uren, en alle kenmerken waaronder zij tellen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from banenspoor_contracts import Cel, Contract, Grondslag, Registratie, UrenStand, Woonplaats

from services.plaatsing.domain.kalender import geldt, laatste_dag, laatste_dag_kwartaal, peildag
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.uren import Regel, UrenSoort, in_maand
from services.plaatsing.domain.werkgever import Tijdlijn, sector_op


@dataclass(frozen=True, slots=True)
class Register:
    """Wat het doelgroepregister van één persoon zegt; leeg zolang wij van haar niets gehoord hebben."""

    registraties: tuple[Registratie, ...] = ()
    woonplaatsen: tuple[Woonplaats, ...] = ()

    def grondslagen(self, dag: date) -> tuple[Grondslag, ...]:
        """De grondslagen die op deze dag gelden, op volgorde."""
        geldend = [r.grondslag for r in self.registraties if geldt(r.van, r.tot, dag)]
        return tuple(geldend) if len(geldend) < 2 else tuple(sorted(set(geldend)))  # een of geen: verreweg het meest

    def woonplaats(self, dag: date) -> str | None:
        """De gemeente waar zij op deze dag woont, als die bekend is."""
        for woonplaats in self.woonplaatsen:
            if geldt(woonplaats.van, woonplaats.tot, dag):
                return woonplaats.gemeente
        return None


ONBEKEND = Register()

_VELDEN = tuple(Cel.model_fields)


@lru_cache(maxsize=65536)
def _cel(*kenmerken: object) -> Cel:
    """De cel met deze kenmerken, op de volgorde van haar velden. Cellen komen vaak terug; een cel is onveranderlijk, dus
    één keer keuren volstaat."""
    return Cel(**dict(zip(_VELDEN, kenmerken, strict=True)))


def stand(
    baan: Baan, maand: str, regels: Iterable[Regel], register: Register, sectoren: Mapping[UUID, Tijdlijn]
) -> UrenStand | None:
    """De stand die uit alle regels van de baan volgt; None als geen regel deze maand binnen de baan raakt.

    Nul uren is een stand: de maand is gehoord. Kenmerken zijn van de laatste dag van de maand, of van de baan als die
    eerder eindigde; `grondslagen_maand` en `grondslagen_kwartaal` gaan over het register en zijn altijd van de laatste
    dag van de maand en van het kwartaal, zoals nu bekend. LookupError als de werkgever dan geen sector heeft: wie een
    regel of wijziging aanneemt, keurt dat eerst met `zonder_sector`.
    """
    delen = [(regel, deel) for regel in regels if (deel := in_maand(regel, maand, baan.van, baan.tot)) is not None]
    if not delen:
        return None
    if len(delen) > 1:  # wat doorliep telt niet naast wat er geleverd is
        delen = [(r, deel) for r, deel in delen if r.soort is not UrenSoort.VOORTGEZET] or delen
    dag = peildag(maand, baan.tot)
    baan = baan.op(dag)
    formeel = sector_op(sectoren[baan.werkgever], dag)
    if formeel is None:
        raise LookupError(f"geen sector op {dag}")
    ingeleend = None if baan.inlener is None else sector_op(sectoren[baan.inlener], dag)
    uren = uitbetaald = 0
    for regel, deel in delen:
        uren += deel
        uitbetaald += deel if regel.soort is UrenSoort.UITBETALING else 0
    return UrenStand(
        uren_x100=uren,
        uitbetaald_x100=uitbetaald,
        werkgever=baan.werkgever,
        inlener=baan.inlener,
        cel=_cel(
            baan.gemeente_werk,
            register.woonplaats(dag),
            formeel.sector,
            formeel.subsector,
            ingeleend and ingeleend.sector,
            ingeleend and ingeleend.subsector,
            baan.vorm,
            _contract(baan, delen, dag),
            register.grondslagen(laatste_dag(maand)),
            register.grondslagen(laatste_dag_kwartaal(maand)),
        ),
    )


def zonder_sector(baan: Baan, maanden: Iterable[str], sectoren: Mapping[UUID, Tijdlijn]) -> date | None:
    """De eerste dag waarop deze maanden een sector van de werkgever nodig hebben en er geen bekend is."""
    for maand in maanden:
        dag = peildag(maand, baan.tot)
        if sector_op(sectoren.get(baan.op(dag).werkgever, ()), dag) is None:
            return dag
    return None


def met_register(gezegd: UrenStand, maand: str, tot: date | None, register: Register) -> UrenStand:
    """Een gezegde stand met de grondslagen en woonplaats van dit register; de rest blijft zoals gezegd."""
    cel, woont = gezegd.cel, register.woonplaats(peildag(maand, tot))
    grondslagen = register.grondslagen(laatste_dag(maand)), register.grondslagen(laatste_dag_kwartaal(maand))
    if (cel.gemeente_woon, cel.grondslagen_maand, cel.grondslagen_kwartaal) == (woont, *grondslagen):
        return gezegd
    sectoren = cel.sector, cel.subsector, cel.sector_inlener, cel.subsector_inlener
    return _met_cel(gezegd, _cel(cel.gemeente_werk, woont, *sectoren, cel.vorm, cel.contract, *grondslagen))


def met_sectoren(gezegd: UrenStand, maand: str, tot: date | None, sectoren: Mapping[UUID, Tijdlijn]) -> UrenStand:
    """Een gezegde stand met de sectoren volgens deze tijdlijnen; LookupError als er dan geen sector is.

    Een werkgever die niet in `sectoren` staat, houdt de sector die gezegd is.
    """
    dag, anders = peildag(maand, tot), dict[str, object]()
    if gezegd.werkgever in sectoren:
        formeel = sector_op(sectoren[gezegd.werkgever], dag)
        if formeel is None:
            raise LookupError(f"geen sector op {dag}")
        anders |= {"sector": formeel.sector, "subsector": formeel.subsector}
    if gezegd.inlener is not None and gezegd.inlener in sectoren:
        ingeleend = sector_op(sectoren[gezegd.inlener], dag)
        anders |= {
            "sector_inlener": ingeleend and ingeleend.sector,
            "subsector_inlener": ingeleend and ingeleend.subsector,
        }
    if all(getattr(gezegd.cel, veld) == waarde for veld, waarde in anders.items()):
        return gezegd
    return _met_cel(gezegd, _cel(*map((gezegd.cel.__dict__ | anders).__getitem__, _VELDEN)))


def _met_cel(gezegd: UrenStand, cel: Cel) -> UrenStand:
    return UrenStand(
        uren_x100=gezegd.uren_x100,
        uitbetaald_x100=gezegd.uitbetaald_x100,
        werkgever=gezegd.werkgever,
        inlener=gezegd.inlener,
        cel=cel,
    )


def _contract(baan: Baan, delen: Iterable[tuple[Regel, int]], dag: date) -> Contract:
    """Het contract van de regel die de peildag dekt of anders het laatst eindigt; zonder regelcontract dat van de baan.

    Gewone uren gaan voor een uitbetaling.
    """
    met_contract = [regel for regel, _ in delen if regel.contract is not None]
    if not met_contract:
        return baan.contract
    laatste = max(met_contract, key=lambda r: (geldt(r.van, r.tot, dag), r.soort is UrenSoort.REGULIER, r.tot))
    return laatste.contract or baan.contract
