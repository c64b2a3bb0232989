"""Texts are read in their plain form, on whichever way."""

from classifier.text import fold, fold_character


def test_ascii_is_folded_by_the_same_table() -> None:
    """Texts that are read as they stand are not folded character by character."""
    for point in range(128):
        assert fold(f"a{chr(point)}b") == f"a{fold_character(chr(point))}b"
