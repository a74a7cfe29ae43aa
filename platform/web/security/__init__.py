"""Who is behind a request: Flask-AppBuilder's security with our accounts, sessions, roles and throttle."""
