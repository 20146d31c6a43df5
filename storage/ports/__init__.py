"""The ports of what is kept. Every method is one transaction and safe to repeat."""
