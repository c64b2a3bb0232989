"""The parts of alerts/acts.py: how the words of a text become the fields of an act. Pure.

docs/layout.md has them by the question that each answers.
"""
