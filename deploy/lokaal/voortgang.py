"""Voortgang op stderr: één bewegende regel op een terminal, en anders elke soort stap één keer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from deploy.lokaal.fouten import LokaalFout


class Voortgang:
    """Roep het aan met een regel; met ``with`` verdwijnt de bewegende regel aan het eind."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(stderr=True, highlight=False)
        self._status = self.console.status("Beginnen …") if self.console.is_terminal else None
        self._gezien: set[str] = set()

    def __call__(self, regel: str) -> None:
        soort = regel.rpartition(": ")[0] if regel.endswith(")") else regel
        if self._status is not None:
            self._status.update(regel)
        elif soort not in self._gezien:
            self._gezien.add(soort)
            self.console.print(regel, markup=False, soft_wrap=True)

    @contextmanager
    def pauze(self) -> Iterator[None]:
        """Geen bewegende regel zolang er gewoon wordt geprint: die zou ook stdout naar zich toe trekken."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()

    def __enter__(self) -> Voortgang:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()


@contextmanager
def nette_afloop() -> Iterator[None]:
    """Van een begrepen fout één regel op stderr en haar exitstatus; een onbegrepen fout houdt haar spoor."""
    try:
        yield
    except LokaalFout as fout:
        typer.echo(f"banenspoor: {fout.melding}", err=True)
        raise typer.Exit(fout.status) from fout
