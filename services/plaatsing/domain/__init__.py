"""Banen en verloonde uren: gegevens erin, feiten eruit. Geen IO, geen klok, geen nieuwe nummers."""
