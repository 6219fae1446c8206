"""Wat er gezegd wordt vormt een keten: de som van nieuw − vorig is altijd de stand, in welke volgorde alles ook komt."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from banenspoor_contracts import Contract, Feit, Grondslag, Registratie, UrenStand, UrenVerloond, Vorm, Woonplaats
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.plaatsing.domain.dossier import Dossier, Omgeving, neem_baan, neem_regel, neem_register, neem_sectoren
from services.plaatsing.domain.stand import Register, stand
from services.plaatsing.domain.uren import Regel, UrenSoort, maanden
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.domain.werkgever import Tijdlijn
from tests.unit.test_plaatsing_baan import BAAN
from tests.unit.test_plaatsing_verschil import (
    INLENER,
    LATER,
    MARKT,
    NU,
    OVERHEID,
    SECTOREN,
    TOEN,
    VANDAAG,
    WERKGEVER,
    maandregel,
)

maandnummers = st.integers(1, 12)
momenten = st.builds(Moment, st.just(NU), st.none() | st.sampled_from([TOEN, LATER]))
dagen_2017 = st.dates(date(2016, 12, 1), date(2018, 2, 28))
registers = st.builds(
    lambda van, tot, gemeente: Register(
        () if tot is not None and tot <= van else (Registratie(grondslag=Grondslag.WSW, van=van, tot=tot),),
        (Woonplaats(gemeente=gemeente, van=van),),
    ),
    dagen_2017,
    st.none() | dagen_2017,
    st.sampled_from(["0014", "0034"]),
)


@dataclass
class Telling:
    """Wie de feiten boekt zoals telling: vorig eraf, nieuw erbij, per maand en cel."""

    stand: dict[tuple[str, bytes], int] = field(default_factory=dict)
    laatst: dict[str, UrenStand | None] = field(default_factory=dict)
    bekend_op: dict[str, datetime | None] = field(default_factory=dict)

    def boek(self, gevolg: list[Feit]) -> None:
        """Boekt, en controleert de keten."""
        for feit in gevolg:
            if not isinstance(feit, UrenVerloond):
                continue
            assert feit.vorig == self.laatst.get(feit.maand), "vorig is niet wat er het laatst gezegd is"
            assert feit.nieuw != feit.vorig
            if feit.maand in self.bekend_op:
                oud = self.bekend_op[feit.maand]
                assert feit.bekend_op is None or (oud is not None and feit.bekend_op >= oud), "kennis ging terug"
            self.laatst[feit.maand], self.bekend_op[feit.maand] = feit.nieuw, feit.bekend_op
            for kant, teken in ((feit.vorig, -1), (feit.nieuw, 1)):
                if kant is not None:
                    sleutel = feit.maand, kant.cel.bytes_()
                    self.stand[sleutel] = self.stand.get(sleutel, 0) + teken * kant.uren_x100


class Keten(RuleBasedStateMachine):
    """Regels, verbeteringen, andere opgaven, register en sectoren in willekeurige volgorde, tegen de kale stand."""

    def __init__(self) -> None:
        super().__init__()
        self.dossier = Dossier(replace(BAAN, versie=1))
        self.register = Register()
        self.sectoren: dict[UUID, Tijdlijn] = dict(SECTOREN)
        self.telling = Telling()

    @property
    def omgeving(self) -> Omgeving:
        """Wat er nu om de baan heen is."""
        return Omgeving({BAAN.persoon: self.register}, self.sectoren, {("A", "2017-12"): date(2018, 2, 1)})

    @initialize(tot=st.none() | dagen_2017)
    def begin(self, tot: date | None) -> None:
        """Een baan die misschien ooit eindigt."""
        self.dossier.baan = replace(self.dossier.baan, tot=tot if tot and tot > BAAN.van else None)

    @rule(
        van=dagen_2017,
        dagen=st.sampled_from([28, 31]),
        uren=st.integers(-20000, 20000),
        soort=st.sampled_from([UrenSoort.REGULIER, UrenSoort.UITBETALING]),
        contract=st.none() | st.sampled_from(Contract),
        moment=momenten,
    )
    def vrije_regel(
        self, van: date, dagen: int, uren: int, soort: UrenSoort, contract: Contract | None, moment: Moment
    ) -> None:
        """Een willekeurig tijdvak; wat niet kan wordt geweigerd en verandert niets."""
        self._regel(Regel(soort, van, van + timedelta(days=dagen), uren, contract, "A"), moment)

    @rule(maand=maandnummers, uren=st.integers(-20000, 20000), moment=momenten)
    def maand(self, maand: int, uren: int, moment: Moment) -> None:
        """Een hele maand: vaak dezelfde nog eens."""
        self._regel(maandregel(maand, uren), moment)

    def _regel(self, regel: Regel, moment: Moment) -> None:
        gevolg = neem_regel(self.dossier, regel, VANDAAG, moment, self.omgeving)
        if isinstance(gevolg, list):
            self.telling.boek([*gevolg])

    @rule(register=registers, moment=momenten)
    def hoor_register(self, register: Register, moment: Moment) -> None:
        """Het register zegt iets anders."""
        self.register = register
        self.telling.boek([*neem_register(self.dossier, moment, self.omgeving)])

    @rule(wie=st.sampled_from([WERKGEVER, INLENER]), dag=dagen_2017, moment=momenten)
    def sector(self, wie: UUID, dag: date, moment: Moment) -> None:
        """Een werkgever gaat vanaf een dag naar de andere sector."""
        perioden = (MARKT.model_copy(update={"tot": dag}), OVERHEID.model_copy(update={"van": dag}))
        self.sectoren[wie] = perioden
        self.telling.boek(neem_sectoren(self.dossier, {wie: perioden}, moment))

    @rule(
        tot=st.none() | dagen_2017,
        gemeente=st.sampled_from(["0014", "0034"]),
        inlener=st.sampled_from([None, INLENER]),
        contract=st.sampled_from(Contract),
        moment=momenten,
    )
    def andere_opgave(
        self, tot: date | None, gemeente: str, inlener: UUID | None, contract: Contract, moment: Moment
    ) -> None:
        """De bron geeft de baan anders op."""
        vorm = Vorm.UITZENDRELATIE if inlener else Vorm.FORMEEL
        opgave = replace(BAAN, tot=tot, gemeente_werk=gemeente, inlener=inlener, contract=contract, vorm=vorm)
        gevolg = neem_baan(self.dossier, opgave, moment, self.omgeving)
        if isinstance(gevolg, tuple):
            self.telling.boek(gevolg[1])

    @invariant()
    def gezegd_is_de_stand(self) -> None:
        """De som van nieuw − vorig is de stand, per maand en cel; en wat gezegd is, is wat er nu uit volgt."""
        baan, regels = self.dossier.baan, self.dossier.regels.values()
        alle = {m for r in regels for m, _ in maanden(r, baan.van, baan.tot)} | self.telling.laatst.keys()
        for maand in alle:
            nu = stand(baan, maand, regels, self.register, self.sectoren)
            assert self.telling.laatst.get(maand) == nu
            assert (gezegd := self.dossier.gezegd.get(maand)) is None or gezegd.stand == nu
        verwacht = {(m, s.cel.bytes_()): s.uren_x100 for m, s in self.telling.laatst.items() if s and s.uren_x100}
        assert {k: v for k, v in self.telling.stand.items() if v} == verwacht
        binnen = sum(r.uren_x100 for r in regels if maanden(r, baan.van, baan.tot))
        assert sum(self.telling.stand.values()) == binnen


Keten.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestKeten = Keten.TestCase
