"""SQL van telling: de enige plaats die tabellen kent."""
