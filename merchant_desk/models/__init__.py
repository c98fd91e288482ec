"""What is stored: column types, Store, tables, the questions asked of them, migrations."""
