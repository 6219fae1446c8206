"""`maat=geregistreerd`: wie er op de laatste dag van een periode in het register staat, zoals toen bekend."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from banenspoor_contracts import Grondslag, PersoonSamengevoegd, Registratie, RegistratieIngegaan, Vorm
from hypothesis import strategies as st

from services.telling.handlers import Verwerker
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_naief import antwoord, geldt, voor_elk
from tests.service.test_telling_cijfers import Telling, telling
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
WSW, PW, GEBONDEN = Grondslag.WSW, Grondslag.PW_INDICATIE, Grondslag.WAJONG_DUURZAAM_GEEN


def staat(persoon: int, *registraties: Registratie, bekend_op: datetime | None = None) -> RegistratieIngegaan:
    eerste = registraties[0] if registraties else Registratie(grondslag=WSW, van=date(2015, 1, 1))
    return RegistratieIngegaan(
        persoon=UUID(int=persoon),
        grondslag=eerste.grondslag,
        van=eerste.van,
        registraties=registraties,
        woonplaatsen=(),
        bekend_op=bekend_op,
    )


def op(grondslag: Grondslag, van: str, tot: str | None = None) -> Registratie:
    return Registratie(grondslag=grondslag, van=date.fromisoformat(van), tot=date.fromisoformat(tot) if tot else None)


def per_grond(uit: dict[str, Any]) -> dict[tuple[str, str | None], int]:
    return {(c["periode"], c.get("grondslag")): c["geregistreerd"] for c in uit["cellen"]}


async def test_wie_op_de_laatste_dag_in_het_register_staat(telling: Telling) -> None:
    """Een einde op de laatste dag (exclusief) telt niet meer mee; wie er op twee grondslagen in staat telt één keer."""
    await boek(
        telling.pool,
        bericht(staat(1, op(WSW, "2015-01-01", "2023-12-31"))),
        bericht(staat(2, op(WSW, "2015-01-01", "2024-01-01"), op(PW, "2023-12-31"))),
        bericht(staat(3, op(PW, "2024-01-01"))),
    )
    kwartalen = {"reeks": "kwartaal", "periode": "2023-Q3..2024-Q1", "maat": "geregistreerd"}
    totaal = await telling.cijfer(**kwartalen)
    assert per_grond(totaal) == {("2023-Q3", None): 2, ("2023-Q4", None): 1, ("2024-Q1", None): 2}
    gesplitst = await telling.cijfer(**kwartalen, per="grondslag")
    assert per_grond(gesplitst) == {
        ("2023-Q3", PW): 0,
        ("2023-Q3", WSW): 2,
        ("2023-Q4", PW): 1,
        ("2023-Q4", WSW): 1,
        ("2024-Q1", PW): 2,
        ("2024-Q1", WSW): 0,
    }
    assert any("tellen niet op" in noot for noot in gesplitst["voetnoten"])
    assert not any("tellen niet op" in noot for noot in totaal["voetnoten"])
    assert (totaal["maat"], totaal["volledigheid"], totaal["plaats"]) == ("geregistreerd", None, [])
    assert totaal["cellen"][0]["geregistreerdExact"] == "2/1"
    alleen = await telling.cijfer(**kwartalen, grondslag=PW.value)
    assert per_grond(alleen) == {("2023-Q3", None): 0, ("2023-Q4", None): 1, ("2024-Q1", None): 2}


async def test_elke_reeks_houdt_haar_eigen_periode_en_status(telling: Telling) -> None:
    await boek(telling.pool, bericht(staat(1, op(WSW, "2015-01-01"))))
    for reeks, periode, status in (
        ("lopend", "2023-12", "lopend"),
        ("kwartaal", "2023-Q4", "indicatief"),
        ("jaarmeting", "2023", "indicatief"),
    ):
        uit = await telling.cijfer(reeks=reeks, periode=periode, maat="geregistreerd")
        assert [(c["geregistreerd"], c["status"]) for c in uit["cellen"]] == [(1, status)]


async def test_zoals_toen_bekend_en_vast(telling: Telling) -> None:
    t1, t2 = datetime(2024, 1, 31, 12, tzinfo=UTC), datetime(2024, 6, 14, 12, tzinfo=UTC)
    await boek(telling.pool, bericht(staat(1, op(WSW, "2015-01-01")), t1))
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "maat": "geregistreerd"}
    eerst = await telling.cijfer(**vraag, bekendOp="2024-02-01")
    await boek(telling.pool, bericht(staat(1, op(WSW, "2015-01-01", "2020-01-01")), t2))
    toen, nu = await telling.cijfer(**vraag, bekendOp="2024-02-01"), await telling.cijfer(**vraag)
    voor = await telling.cijfer(**vraag, bekendOp="2024-01-01")
    assert eerst["cellen"] == toen["cellen"]
    assert [a["cellen"][0]["geregistreerd"] for a in (toen, nu, voor)] == [1, 0, 0]
    await telling.sluit_historie(t1 + timedelta(days=30))
    assert [(await telling.cijfer(**vraag, bekendOp=d))["vast"] for d in ("2024-02-01", "2024-06-15")] == [True, False]


async def test_een_grondslag_die_aan_werk_gebonden_is_telt_alleen_in_een_maand_met_werk(telling: Telling) -> None:
    gronden = (GEBONDEN,)
    werk = cel(grondslagen_maand=gronden, grondslagen_kwartaal=gronden)
    proef = cel(grondslagen_maand=gronden, grondslagen_kwartaal=gronden, vorm=Vorm.PROEFPLAATSING)
    await boek(
        telling.pool,
        bericht(staat(1, op(GEBONDEN, "2015-01-01"))),
        bericht(staat(2, op(GEBONDEN, "2015-01-01"), op(WSW, "2015-01-01"))),
        bericht(uren(100, maand="2023-11", cel=werk, persoon=UUID(int=1))),
        bericht(uren(100, maand="2023-12", cel=proef, persoon=UUID(int=2))),
    )
    maanden = await telling.cijfer(reeks="lopend", periode="2023-11..2023-12", maat="geregistreerd")
    assert [c["geregistreerd"] for c in maanden["cellen"]] == [2, 1]


async def test_wie_opgaat_in_een_ander_staat_er_nog_een_keer(telling: Telling) -> None:
    weg = PersoonSamengevoegd(persoon=UUID(int=1), in_=UUID(int=2), registraties=(), woonplaatsen=())
    await boek(telling.pool, bericht(staat(1, op(WSW, "2015-01-01"))), bericht(staat(2, op(PW, "2015-01-01"))))
    await boek(telling.pool, bericht(weg), bericht(staat(2, op(PW, "2015-01-01"), op(WSW, "2015-01-01"))))
    uit = await telling.cijfer(reeks="kwartaal", periode="2023-Q4", maat="geregistreerd")
    assert uit["cellen"][0]["geregistreerd"] == 1


async def test_wat_niet_kan_wordt_geweigerd(telling: Telling) -> None:
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "maat": "geregistreerd"}
    for anders in (
        {"per": "sector"},
        {"per": "grondslag,regio"},
        {"regio": "AM01"},
        {"gemeente": "0014"},
        {"sector": "markt"},
        {"vorm": "inleen"},
        {"plaats": "woon"},
        {"grenzen": "2026"},
    ):
        antwoord_ = await telling.vraag(**vraag, **anders)
        assert (antwoord_.status_code, antwoord_.json()["code"]) == (400, "past_niet_bij_maat"), anders
        assert (
            next(iter(anders.values())) in antwoord_.json()["detail"]
            or next(iter(anders)) in antwoord_.json()["detail"]
        )


DAGEN = [date(2023, 6, 30), date(2023, 9, 30), date(2023, 10, 1), date(2023, 12, 31), date(2024, 1, 1)]


@st.composite
def tijdlijn(trek: st.DrawFn) -> tuple[Registratie, ...]:
    """Hoogstens één periode per grondslag; een einde ligt na het begin."""
    uit = []
    for grond in trek(st.lists(st.sampled_from([WSW, PW, GEBONDEN]), unique=True, max_size=3)):
        van = trek(st.sampled_from(DAGEN))
        later = [None, *(dag for dag in DAGEN if dag > van)]
        uit.append(Registratie(grondslag=grond, van=van, tot=trek(st.sampled_from(later))))
    return tuple(uit)


HISTORIE = st.lists(st.tuples(st.integers(1, 4), tijdlijn()), max_size=12)
"""(persoon, tijdlijn) op volgorde van kennismoment: elke gebeurtenis is een dag na de vorige bekend."""


async def test_gelijk_aan_een_hertelling_van_de_gebeurtenissen(db: MaakDatabase) -> None:
    """Voor elke historie, elk moment en elke grondslag; in welke batches ook."""

    async def proef(tx: Tx, historie: Sequence[tuple[int, tuple[Registratie, ...]]]) -> None:
        berichten = [
            bericht(staat(persoon, *rijen), BEGIN + timedelta(days=dag))
            for dag, (persoon, rijen) in enumerate(historie)
        ]
        helft = len(berichten) // 3
        for batch in (berichten[:helft], berichten[helft:]):
            await Verwerker()(tx, batch)
        for gezien in {0, helft, len(historie)}:
            moment = (BEGIN + timedelta(days=gezien, hours=-1)).isoformat()
            stand = dict(historie[:gezien])
            for periode, dag in (("2023-Q3", date(2023, 9, 30)), ("2023-Q4", date(2023, 12, 31))):
                # niemand werkt in deze historie: wat aan werk gebonden is, telt niet
                gronden = [
                    {r.grondslag for r in rijen if geldt(r, dag) and r.grondslag != GEBONDEN}
                    for rijen in stand.values()
                ]
                vraag = {"reeks": "kwartaal", "periode": periode, "maat": "geregistreerd", "bekend_op": moment}
                totaal = await antwoord(tx, **vraag)
                assert per_grond(totaal) == {(periode, None): sum(map(bool, gronden))}
                gesplitst = per_grond(await antwoord(tx, **vraag, per="grondslag"))
                assert {g: n for (_, g), n in gesplitst.items() if n} == {
                    g: n for g in (WSW, PW) if (n := sum(g in ieder for ieder in gronden))
                }

    await voor_elk((await db("telling")).pool, HISTORIE, proef)
