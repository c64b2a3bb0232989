"""Edits: what is the same text, what was edited, and what is another story."""

import pytest

from alerts.edits import Edit, compare

STORY = "China adds battery cathode technology to its restricted export list"


@pytest.mark.parametrize(
    ("after", "became"),
    [
        (STORY, Edit.SAME),
        (f"  {STORY.upper()}.\n", Edit.SAME),
        (f"CORRECTION: {STORY}", Edit.EDITED),
        (f"{STORY}. The ministry gave no date. Shares fell on the news in Shanghai.", Edit.EDITED),
        ("China adds", Edit.EDITED),
        (STORY.replace("cathode", "anode"), Edit.EDITED),
        ("Cod quota agreed after a night of talks in Brussels", Edit.OTHER),
        ("", Edit.EDITED),
    ],
)
def test_a_text_is_compared_with_the_one_before_it(after: str, became: Edit) -> None:
    assert compare(STORY, after) is became


def test_chinese_is_compared_by_pairs_of_characters() -> None:
    before = "商务部对电池正极材料制备技术实施出口限制"

    assert compare(before, "更正：商务部对电池负极材料制备技术实施出口限制") is Edit.EDITED
    assert compare(before, "布鲁塞尔就鳕鱼配额彻夜谈判达成一致") is Edit.OTHER
