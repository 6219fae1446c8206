"""HTTP van intake naast de schrijfroutes: elke groep routes in een eigen bestand."""

from services.intake.api import personen, pseudoniemen

ROUTERS = (pseudoniemen.router, personen.router)

__all__ = ["ROUTERS"]
