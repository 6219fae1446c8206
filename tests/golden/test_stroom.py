"""Het stroompje na de demo: door de voordeur, en in de cijfers van de lopende maand."""

from datetime import date

from deploy.demo.stroom import stroom, vorige_maand
from shared.wacht import wacht
from tests.golden.conftest import Geladen


def test_what_trickles_in_is_in_the_running_figure(demo: Geladen) -> None:
    maand = f"{vorige_maand(date.today())[0]:%Y-%m}"  # noqa: DTZ011  # kalenderdag
    vraag = {"reeks": "lopend", "periode": maand, "maat": "uren"}

    def uren() -> int:
        return sum(c["uren"] for c in demo.tellingen(**vraag)["cellen"])

    eerst, gemeld = uren(), list[str]()
    stroom(demo.stack.dir, 6000, 12, gemeld.append)
    assert all(":" in regel for regel in gemeld)
    assert len(gemeld) == 12
    wacht(demo.client, "intake", lambda *_: None)
    assert uren() > eerst
