"""Polls sources, reads posts, recognises acts, decides who is told, and delivers once.

poll | normalise | classify | read the act | group | match rules | outbox | deliver
"""
