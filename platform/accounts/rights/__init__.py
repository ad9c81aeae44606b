"""What a person may ask of us about their own data, and a county about all it owns (ADR 0026)."""
