"""Nights of providers that fail and runners that are killed, judged from outside."""
