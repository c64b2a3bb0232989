"""The database: tables, migrations, and one file of queries for each noun.

Queries take a connection; only connect.py opens one. Nothing here decides anything.
"""
