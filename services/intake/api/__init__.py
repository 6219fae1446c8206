"""HTTP van intake naast de schrijfroutes: elke groep routes in een eigen bestand."""

from services.intake.api import (
    aansluitingen,
    kluis,
    leveringen,
    personen,
    pseudoniemen,
    raadplegingen,
    register,
    registraties,
    samenvoegingen,
    telmee,
    verantwoording,
    vernietigingen,
    volledigheid,
)

ROUTERS = (
    pseudoniemen.router,
    raadplegingen.router,
    personen.router,
    telmee.router,
    verantwoording.router,
    kluis.router,
    leveringen.router,
    volledigheid.router,
    register.router,
    registraties.router,
    aansluitingen.router,
    samenvoegingen.router,
    vernietigingen.router,
)

__all__ = ["ROUTERS"]
