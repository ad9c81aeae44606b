"""What people do with brand cases and package designs. Each verb is one transaction."""
