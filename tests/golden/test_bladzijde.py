"""De eerste bladzijde in een echte browser: de cijfers van de API, zonder script, toegankelijk, en zonder iets van buiten."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.golden.conftest import Geladen

_BREED, _SMAL = (1280, 900), (360, 740)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium van deze machine; ontbreekt hij, dan wordt er niet gekeken (in CI is dat een fout)."""
    pad = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if pad is None:
        if os.environ.get("BANENSPOOR_CHROMIUM") == "verplicht":
            pytest.fail("Chromium ontbreekt")
        pytest.skip("Chromium ontbreekt op deze machine (Debian: apt install chromium)")
    with sync_playwright() as speler:
        chromium = speler.chromium.launch(executable_path=pad, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Blad:
    """De bladzijde in één venster. Houdt bij wat er opgehaald wordt en wat er misgaat."""

    def __init__(self, browser: Browser, adres: str, maat: tuple[int, int] = _BREED, *, script: bool = False) -> None:
        self.adres = adres
        self._venster = browser.new_context(
            viewport={"width": maat[0], "height": maat[1]}, java_script_enabled=script, locale="nl-NL"
        )
        self.pagina: Page = self._venster.new_page()
        self.opgehaald: list[str] = []
        self.mis: list[str] = []
        self.pagina.on("request", lambda verzoek: self.opgehaald.append(verzoek.url))
        self.pagina.on("console", lambda regel: self.mis.append(regel.text) if regel.type == "error" else None)

    def open(self, vraag: str = "") -> Page:
        antwoord = self.pagina.goto(f"{self.adres}/{vraag}")
        assert antwoord is not None
        assert antwoord.status == 200
        return self.pagina

    def sluit(self) -> None:
        self._venster.close()

    def rij(self, tabel: str, naam: str) -> list[str]:
        """De cellen van één rij van de tabel met deze kop, zoals een lezer ze ziet."""
        deel = self.pagina.locator("section", has=self.pagina.get_by_role("heading", name=tabel))
        rijen = deel.locator("tr", has=self.pagina.get_by_role("rowheader", name=naam, exact=True))
        assert rijen.count() == 1, (tabel, naam)
        return [" ".join(tekst.split()) for tekst in rijen.locator("td").all_inner_texts()]


@pytest.fixture
def blad(browser: Browser, demo: Geladen) -> Iterator[Blad]:
    uit = Blad(browser, demo.stack.staat.adressen["telling"])
    yield uit
    uit.sluit()


def test_without_script_it_shows_the_figure_of_the_api_and_what_it_stands_for(blad: Blad, demo: Geladen) -> None:
    blad.open("?periode=2023-Q4&bekendOp=2024-04-30")
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "bekendOp": "2024-04-30"}
    [totaal] = demo.tellingen(**vraag)["cellen"]
    extra = blad.rij("Kwartaal 2023-Q4", "Totaal")[2]
    assert extra.startswith(f"{totaal['extra']:,}".replace(",", "."))
    if demo.schaal > 1:
        assert "86.264" in extra
    assert blad.pagina.get_by_text("status: indicatief").count() >= 1


def test_the_form_leads_to_the_official_year_as_it_was_known(blad: Blad) -> None:
    pagina = blad.open()
    pagina.get_by_role("textbox", name="Kwartaal").fill("2023-Q4")
    pagina.get_by_label("Zoals bekend op").fill("2024-07-12")
    pagina.get_by_role("button", name="Toon").click()
    assert "periode=2023-Q4" in pagina.url
    assert "85.665" in blad.rij("Jaar 2023", "Totaal")[2]
    assert "74.031" in blad.rij("Jaar 2023", "Markt")[2]
    assert "11.634" in blad.rij("Jaar 2023", "Overheid")[2]


def test_it_says_that_it_is_a_demo_and_how_fresh_it_is(blad: Blad) -> None:
    pagina = blad.open()
    assert "verzonnen" in pagina.get_by_role("note").inner_text()
    assert "Zoals bekend op" in pagina.locator("p.stand").inner_text()
    regios = pagina.locator("section", has=pagina.get_by_role("heading", name="Per arbeidsmarktregio"))
    assert regios.locator("tbody tr").count() == 35


def test_the_first_thing_one_sees_is_the_official_figure_beside_its_target(blad: Blad) -> None:
    pagina = blad.open("?periode=2023-Q4&bekendOp=2024-07-12")
    jaar, kwartaal = pagina.locator(".hoofd p").all_inner_texts()
    assert jaar.startswith("85.665")
    assert "van 105.000" in jaar
    assert "reeks: jaarmeting" in jaar
    assert "reeks: kwartaal" in kwartaal


def test_a_wrong_quarter_says_what_is_wrong_and_leads_back(blad: Blad) -> None:
    antwoord = blad.pagina.goto(f"{blad.adres}/?periode=2023-Q7")
    assert antwoord is not None
    assert antwoord.status == 400
    blad.pagina.get_by_role("link", name="Terug naar de cijfers").click()
    assert blad.pagina.get_by_role("heading", name="Kwartaal").count() == 1


def test_a_keyboard_comes_everywhere(blad: Blad) -> None:
    pagina = blad.open()
    gezien: list[str] = []
    for _ in range(10):
        pagina.keyboard.press("Tab")
        gezien.append(pagina.evaluate("(e => e.className || e.id || e.type || e.tagName)(document.activeElement)"))
    assert gezien[0] == "sprong"
    assert {"periode", "bekendOp", "submit", "tabel"} <= set(gezien)


def test_it_gets_nothing_from_elsewhere_and_logs_no_error(browser: Browser, demo: Geladen) -> None:
    blad = Blad(browser, demo.stack.staat.adressen["telling"], script=True)
    blad.open()
    assert blad.mis == []
    assert [adres for adres in blad.opgehaald if not adres.startswith(blad.adres)] == []
    blad.sluit()


@pytest.mark.parametrize("maat", [_BREED, _SMAL])
def test_axe_finds_nothing_and_a_phone_need_not_scroll_sideways(
    browser: Browser, demo: Geladen, maat: tuple[int, int]
) -> None:
    blad = Blad(browser, demo.stack.staat.adressen["telling"], maat, script=True)
    pagina = blad.open("?periode=2023-Q4")
    gevonden = Axe().run(
        pagina, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert gevonden.violations_count == 0, gevonden.generate_report()
    assert pagina.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    blad.sluit()


@pytest.mark.skipif("BANENSPOOR_BEELD" not in os.environ, reason="alleen `make golden` maakt de beelden van de README")
def test_the_pictures_of_the_readme(browser: Browser, demo: Geladen) -> None:
    map_ = Path(os.environ["BANENSPOOR_BEELD"])
    map_.mkdir(parents=True, exist_ok=True)
    for naam, maat in (("bladzijde", (1100, 1000)), ("bladzijde-telefoon", (390, 844))):
        blad = Blad(browser, demo.stack.staat.adressen["telling"], maat)
        blad.open("?periode=2023-Q4&bekendOp=2024-07-12").screenshot(path=map_ / f"{naam}.png")
        blad.sluit()
