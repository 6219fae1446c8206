"""HTTP van beoordeling naast de schrijfroutes per soort."""

from services.beoordeling.api import aanvragen, bevindingen, gemeenten, overstappen, stappen

ROUTERS = (aanvragen.router, bevindingen.router, gemeenten.router, overstappen.router, stappen.router)
