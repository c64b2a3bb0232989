"""Texts, topics and labels: trains, evaluates and serves the topic classifier.

    corpus | text + gazetteer | model | artefact | tag

This package has never heard of a source, a feed or an alert.
"""
