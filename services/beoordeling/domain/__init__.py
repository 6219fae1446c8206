"""Puur: aanvraag, advies, besluit en de termijn."""
