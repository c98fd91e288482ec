"""What tests share: a world of server and desks, makers of data, a throw-away PostgreSQL."""
