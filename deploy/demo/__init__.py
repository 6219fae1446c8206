"""De demo: een synthetische bevolking waarvan de totalen de gepubliceerde zijn, door de voordeur geladen als historie."""

from deploy.demo.laden import laad

__all__ = ["laad"]
