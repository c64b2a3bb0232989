"""The page: what came in, what was told and why, for people; health and figures for programs.

Read only: nothing here changes the database, and nothing here sends.
"""
