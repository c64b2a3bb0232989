"""The database: tables, migrations, and queries, in one file for each noun or task.

Queries take a connection; only connect.py opens one. They decide nothing by themselves: whether
an outage goes on, or what a page has shown, they ask modules that are pure.
"""
