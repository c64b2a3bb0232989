"""Where a text tells of another act beside its own, whose goods are none of its own.

Pure.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import re2

from alerts.reader.terms import Hit


class Region(NamedTuple):
    """Where a text tells of another act. sure: it does even where it names no other goods."""

    start: int
    end: int
    sure: bool


def stands_in(hit: Hit, region: Region) -> bool:
    """Tell whether goods are named in a region."""
    return hit.kind == "item" and region.start <= hit.start < region.end


MEASURE = (
    r"(?:(?:anti-?\s?dumping |export |import |licen[cs]e |extra |new |similar |\d+ ?(?:%|percent) )*"
    r"(?:dut(?:y|ies)|tariffs?|bans?|curbs?|controls?|lev(?:y|ies)|licen[cs]es?|permits?|rules?|orders?|probes?|cases?"
    r"|inquir(?:y|ies)|ones?|notices?|limits?|quotas?|measures?|regimes?|restrictions?)\s(?:on|for|of|against|into|over)\s)"
)
DAY = (
    r"(?:last (?:week|month|year|spring|summer|autumn|fall|winter)|yesterday|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november|december))"
)
MOVE = (
    r"(?:(?:dut(?:y|ies)|tariffs?|bans?|curbs?|controls?|lev(?:y|ies)|licen[cs]es?|rules?|orders?|probes?|cases?|inquir(?:y|ies)"
    r"|quotas?|measures?|restrictions?|additions?|removals?|withdrawals?|listings?|rulings?|findings?|moves?|actions?|steps?"
    r"|repeals?|investigations?|notices?|limits?)(?: on| for| of| in| against| into| to| from| over) )"
)
"""What a government did, and to what."""
SIGNS = {
    " after ": re.compile(
        r"\b(?:days?|weeks?|months?|hours?|fortnight|years?)\safter\s(?P<told>[^.;:!?,\n]{3,110})"
    ),
    "heels of ": re.compile(r"\bheels of\s(?P<told>[^.;:!?,\n]{3,110})"),
    "like the ": re.compile(rf"\b(?:un)?like the (?:\w+ )?{MEASURE}(?P<named>[^.;:!?,\n]{{3,40}})"),
    ", now ": re.compile(
        rf"(?:^|[.;:!?\n(]\s?)\s*(?:first |after )?(?P<named>[^.;:!?,\n]{{3,40}}?)(?: {DAY})?, now "
        rf"(?:this|it|comes?|\w+ ?\w*[.!?\n]|\w+ \w+[.!?\n])"
    ),
    " today": re.compile(
        rf"(?:^|[.;:!?\n(]\s?)(?P<named>[^.;:!?,\n]{{3,40}}?) {DAY}, (?:and )?[^.;:!?,\n]{{3,40}}? today\b"
    ),
    " follow": re.compile(r"\bfollow(?:s|ed)?\s(?P<told>(?:[\w-]+ ){1,4}?)(?:into|onto|on to)\s"),
    " join": re.compile(
        r"\bjoin(?:s|ed|ing)?\s(?P<told>(?:[\w-]+ ){1,4}?)(?:on|in)\s(?:the|a|its)\b"
    ),
    "same day": re.compile(
        r"\bsame day (?:as|that)\s(?:(?!the |a |an |its |it )\w+ )?(?P<told>[^.;:!?,\n]{3,80})"
    ),
    "together with ": re.compile(
        rf"\btogether with\s(?:\w+ )?(?P<told>{MEASURE}[^.;:!?,\n]{{3,40}})"
    ),
    "session that|session at|meeting that|meeting at|sitting that|hearing that|gazette that|bulletin that|notice that"
    "|order that|decree that|session which|meeting which|gazette which": re.compile(
        r"\b(?:at|in|during|with|by) (?:the|an?) (?:same |very )?(?:\w+ )?(?:session|meeting|sitting|hearing|gazette|bulletin"
        r"|notice|order|decree) (?:that|which|at which)\s(?P<told>[^.;:!?,\n]{3,110})"
    ),
    "alongside |on top of |in addition to |besides |in parallel with |apart from |aside from |on the back of ": re.compile(
        r"\b(?:alongside|on top of|in addition to|besides|in parallel with|apart from|aside from|on the back of)\s"
        rf"(?:(?P<told>(?:[\w'-]+ ){{0,4}}?{MOVE}[^.;:!?,\n]{{3,60}})|(?P<named>[^.;:!?,\n]{{3,40}}), (?:which|that|already) )"
    ),
    "'s ": re.compile(
        r"\b(?:alongside|on top of|in addition to|besides|unlike|as with|as in|than) (?:last \w+|this \w+|\w+day|january|february"
        r"|march|april|may|june|july|august|\w+ber)'s (?P<told>[^.;:!?,\n]{3,50})"
    ),
    "not content |not satisfied |not done |not stopping |not happy ": re.compile(
        r"\bnot (?:content|satisfied|done|stopping|happy) (?:with|at) (?P<told>[^.;:!?,\n]{3,80})"
    ),
    "having |fresh from |fresh off ": re.compile(
        r"\b(?:having (?:already |just |earlier |only just )?|fresh (?:from|off) )(?:\w+ed|\w+ing|hit|put|cut|dealt|done|taken|begun)(?: with| on| from)? "
        r"(?P<told>[^.;:!?,\n]{3,60}),"
    ),
    "after ": re.compile(r"(?:^|[.;:!?\n(]\s?)\s*after (?P<told>[^.;:!?,\n]{2,40}),\s"),
    "it was ": re.compile(
        r"\b(?:first|yesterday|last (?:week|month|year|time)) it was (?P<told>[^.;:!?,\n]{3,30})"
    ),
    " only the | just the |the start|the beginning": re.compile(
        r"(?:^|[.;:!?\n(]\s?)(?P<told>[^.;:!?,\n]{3,40}?) (?:was|were) (?:only|just|merely|but) "
        r"(?:the )?(?:start|beginning|first|opener|warm-?up)\b"
    ),
    " too| as well| next": re.compile(
        r"(?:^|[.;:!?\n(]\s?)(?P<told>[^.;:!?,\n]{3,80}?)(?:,|\.)? (?:and )?now (?:[\w-]+ ){1,3}?(?:too|as well|next)\b"
    ),
    ", which |, that ": re.compile(
        rf", (?:which|that) (?:{DAY}|earlier|already|previously|recently|this (?:week|month|year)) (?:also |had )?"
        rf"(?P<told>\w+ [^.;:!?,\n]{{3,80}})"
    ),
    "separate|another ": re.compile(
        r"(?:(?:^|[.;!?\n]\s*|\band )separately,?\s|\bin (?:a |another |two |other )?separate \w+,?\s"
        r"|\bin another (?:notice|order|decision|case|ruling|notification|finding|step|move|circular|decree),?\s"
        rf"|\b(?:a|the|its|another) (?:separate|parallel|other) {MOVE})(?P<told>[^.;!?\n]{{3,140}})"
    ),
    " did | done | happened | was the case": re.compile(
        r"\bas (?:\w+ )?(?:did|had done|has done|had already done|happened|was done|was the case) (?:earlier |before )?"
        r"(?:with|for|to|on|over|of|in) (?P<told>[^.;:!?,\n]{3,50})"
    ),
    "follows |followed |following ": re.compile(
        r"\bfollow(?:s|ed|ing) (?:(?:a|an|the|its|their|\w+'s) )?(?:similar|earlier|previous|recent|like|comparable|identical|last"
        rf" \w+'s|\w+day's|the same|(?:janu|febru)ary's|\w+(?:ch|il|ay|ne|ly|st|ber)'s) (?P<told>(?:\w+ ){{0,2}}?{MOVE}"
        r"[^.;:!?,\n]{3,60})"
    ),
    "confuse|mix |mixed up|different from |distinct from |nothing to do with |no relation to ": re.compile(
        r"(?:(?:\bnot (?:to )?(?:be )?|n't |\bnever )(?:confused?|mix(?:ed)?)(?: \w+){0,3}? with|\b(?:different|distinct) from"
        r"|\bnothing to do with|\bno relation to) (?P<named>[^.;:!?,\n)]{3,50})"
    ),
    "unlike ": re.compile(r"\bunlike (?P<named>[^.;:!?,\n]{3,40}),"),
    "day before |days before |week before |weeks before |ahead of |eve of ": re.compile(
        r"\b(?:days?|weeks?|hours?|eve) (?:before|ahead of|of)\s(?P<told>[^.;:!?,\n]{3,80})"
    ),
    " got its | got their | had its | had their | got the same ": re.compile(
        r"(?:^|[.;:!?\n(]\s?)(?P<told>[^.;:!?,\n]{3,30}?) (?:got|had) (?:its|their|the same) [^.;:!?,\n]{2,40}[;,.]"
    ),
    "first ": re.compile(
        r"\bfirst (?:came |it was )?(?P<told>[^.;:!?,\n]{3,25}), (?:then|now|and now|next)\b"
    ),
    " from ": re.compile(
        r"\b(?:widen|extend|expand|broaden|move|turn|shift|spread)(?:s|ed|ing)? (?:[^.;:!?,\n]{0,24}?\b(?:dut(?:y|ies)|tariffs?"
        r"|bans?|curbs?|controls?|lev(?:y|ies)|quotas?|restrictions?|licensing|sanctions|measures?) )?from "
        r"(?P<maybe>[^.;:!?,\n]{2,25}?) to "
    ),
    "began with |started with ": re.compile(
        r"\b(?:began|started|start) with (?P<maybe>[^.;:!?,\n]{3,40})"
    ),
    " which |, who ": re.compile(
        rf", (?:which|who) \w+ (?P<told>[^.;:!?,\n]{{3,60}}?) (?:in (?:19|20)\d\d|{DAY}|\w+ (?:day|week|month|year)s? ago"
        r"|earlier this (?:week|month|year)),"
    ),
    " trick| playbook|same way as |same script|same treatment|same recipe": re.compile(
        r"\b(?:(?:the|its|a|same) (?P<told>[^.;:!?,\n]{2,25}?) (?:trick|playbook|recipe|treatment|script)\b"
        r"|same (?:playbook|trick|recipe|script|treatment|way|route) as (?:with |for )?(?P<named>[^.;:!?,\n]{2,30}))"
    ),
    "move over |forget |never mind ": re.compile(
        r"(?:^|[.;:!?\n(]\s?)(?:move over|forget|never mind) (?P<told>[^.;:!?,\n]{2,30})[,.;:!]"
    ),
    "as with |as in the case of ": re.compile(
        r"\bas (?:with|in the case of) (?P<told>[^.;:!?,\n]{3,40}),"
    ),
    "echo|mirror|modelled on |modeled on |akin to |reminiscent of |copied from ": re.compile(
        r"\b(?:echo(?:es|ed|ing)|mirror(?:s|ed|ing)|mode(?:l|ll)ed on|akin to|reminiscent of|copied from) "
        rf"(?P<told>(?:\w+ ){{0,2}}?(?:{MOVE}|(?:its|the|last|\w+'s) )[^.;:!?,\n]{{3,50}})"
    ),
    "the one on |that on |those on |the ones on ": re.compile(
        r"\b(?:keep|leave|maintain|retain|keeping|leaving)s? (?:in place )?(?:the one|that|those|the ones) on (?P<told>[^.;:!?,\n]{3,40})"
    ),
    "same gazette |same notice |same meeting |same session |same order |same bulletin ": re.compile(
        r"\bsame (?:gazette|notice|meeting|session|order|bulletin) (?:also |too )?(?:carrie[sd]|has|had|br(?:ings|ought)"
        r"|list(?:s|ed)|end(?:s|ed)|opens|opened|impose[sd]|deal(?:s|t)) (?P<told>[^.;:!?,\n]{3,80})"
    ),
    "not the ": re.compile(
        r"\bnot the (?P<named>[^.;:!?,\n]{3,40}?) (?:one|ones|case|probe|list|order|rule|ban|duty)\b"
    ),
    "不是": re.compile(r"不是(?P<named>[^,。;:!?\n]{1,12}?)那(?:个|一个|案|份|条|批|起|号)"),
    " but ": re.compile(r"\b(?:all|everything|anything|everyone) but\s(?P<told>[^.;:!?,\n]{3,60})"),
    " except ": re.compile(r"\bexcept(?: for)?\s(?P<told>[^.;:!?,\n]{3,60})"),
    "同日": re.compile(
        r"[与和跟同](?P<named>[^,。;:!?\n]{2,24}?)(?:在|为|于)?同[一]?[日天](?:公布|发布|宣布|立案|启动|生效|出台)"
    ),
    "同日的": re.compile(r"[与和跟]同日的(?P<named>[^,。;:!?\n]{2,24}?)(?:为|是|属)"),
    "完,": re.compile(
        r"(?P<named>[^,。;:!?\n]{1,14}?)(?:才|刚|刚刚)[裁查征加判管禁封批罚收砍限]完,"
    ),
    "继": re.compile(r"继(?!续|承|而|任|电)(?P<told>[^,。;:!?\n]{2,40}?)(?:之后|以后|后)"),
    "轮到": re.compile(
        r"(?:^|[,。;:!?\n\s])(?P<named>[^,。;:!?\n]{2,16}),?(?:这周|本周|今天|这回|这次|现在|今儿|如今|马上|终于|又|就)*轮到"
    ),
    "天是": re.compile(
        r"(?:上周[一二三四五六日天末]?|上个?月|昨天|前天|周[一二三四五六日]|[一二两三四五几\d]+(?:天|周|个月)前)(?:刚|才|还)?是(?P<named>[^,。;:!?\n]{1,16}),今天是"
    ),
    "周是": re.compile(
        r"(?:上上?周|前两周|[一二两三四五几\d]+周前)(?:刚|才|还)?是(?P<named>[^,。;:!?\n]{1,16}),"
    ),
    "之后|过后|以后|完了": re.compile(
        r"(?:^|[,。;:!?\n\s(])(?P<told>[^,。;:!?\n\s]{1,16}?)(?:之后|过后|以后|完了)[,\s]?[^,。;:!?\n]{0,8}?"
        r"(?:轮(?![胎船毂椅候流廓岗])|是|又|也|再|接着|下一个)"
    ),
    "还没|还未|尚未": re.compile(
        r"(?:^|[,。;:!?\n\s(])(?P<told>[^,。;:!?\n]{1,14}?)(?:的?(?:事|案子|风波|劲儿?))?(?:还没|还未|尚未)"
        r"(?:完|凉|消停|消化|过去|散|结束)[^,。;:!?\n]{0,4},"
    ),
    "码事|一回事|搞混|弄混|混淆|混为一谈|无关|没关系": re.compile(
        r"[跟和与同](?P<named>[^,。;:!?\n]{2,20}?)(?:那个|那案|案|案子|案件)?[是不并非完全]*"
        r"(?:两码事|一回事|无关|没关系|搞混|弄混|混淆|混为一谈)"
    ),
    "那个|那案|那条|那份": re.compile(
        r"(?:^|[,。;:!?\n\s(])(?P<told>[^,。;:!?\n]{1,14}?)那[个案条份](?:案子?)?(?:是|在)?(?:上周|上个?月|昨天|前天|去年|之前|早先|早就)"
    ),
    "的同": re.compile(r"(?P<told>[^,。;:!?\n]{2,24})的同一?[次场天日期份]"),
    "同一|同场|同次": re.compile(
        r"同一?[次场](?:会议|例会|审议|会)?上?(?:还|也|又|另|同时)(?P<told>[^,。;:!?\n]{2,30})"
    ),
    "先是": re.compile(
        r"先是(?P<told>[^,。;:!?\n]{1,16}),(?:现在|这回|接着|然后|如今|又|今天|这次|再)"
    ),
    "此前|早前|先前|上周|上月|上个月|去年|前不久|不久前": re.compile(
        r"(?:此前|早前|先前|上周[一二三四五六日天末]?|上个?月|去年|前不久|不久前)(?:[^,。;:!?\n]{0,8}?)(?:已经?|刚刚?|曾|才)"
        r"(?P<told>[^,。;:!?\n]{2,40})"
    ),
    "另案|另一份|另据": re.compile(
        r"(?:另案|另一份(?:公告|裁决|通知|裁定)|另据)(?P<told>[^。;!?\n]{3,60})"
    ),
    "一样|如出一辙|类似": re.compile(
        r"(?:[跟像](?P<maybe>[^,。;:!?\n]{1,14}?)(?:那会|那时|当年|那次|的套路)?(?:一样|如出一辙|类似)"
        r"|[和与同](?P<told>[^,。;:!?\n]{1,14}?)(?:那会|那时|当年|那次|的套路)?(?:如出一辙|类似))(?:[,。;!?\s]|$)"
    ),
    "还在查|继续征|继续查|照旧|维持不变": re.compile(
        r"(?:^|[,。;:!?\n\s(])(?P<maybe>[^,。;:!?\n]{1,12}?)(?:那边|的|税率|关税)*(?:还在查|继续征|继续查|照旧|维持不变)"
    ),
    "加完|管完|查完|征完|禁完|限完|裁完|批完": re.compile(
        r"[裁查征加管禁批限]完(?P<told>[^,。;:!?\n]{1,14}),"
    ),
    "之外|以外": re.compile(
        r"(?:^|[,。;:!?\n\s(])除?了?(?P<told>[^,。;:!?\n]{1,12}?)(?:之外|以外),[^,。;:!?\n]{0,10}?(?:现在|这次|如今|今天|又|再)"
    ),
    "后,": re.compile(r"(?:^|[,。;:!?\n\s(])在(?P<told>[^,。;:!?\n]{1,20}?)(?:之后|以后|后),"),
    "不同,": re.compile(r"[与跟和](?P<told>[^,。;:!?\n]{2,16}?)不同,"),
}
ANOTHER = {sign: pattern for signs, pattern in SIGNS.items() for sign in signs.split("|")}
"""What a text has that tells of another act beside its own -> where the goods of that one stand:
"named" where they are certainly another's, "told" where they are if nothing but them stands there,
or if the text names others, "maybe" only if it names others."""
STEMS = tuple(ANOTHER)


def compile_stems() -> Any:
    """Return what finds all of STEMS in one pass; to ask for one after the other takes longer than
    all else that is read of goods."""
    found = re2.Set.SearchSet()
    for sign in STEMS:
        found.Add(re2.escape(sign))
    found.Compile()
    return found


PRESENT = compile_stems()
NOT_AT_FIRST = frozenset({"separate", "another "})
"""What tells of another act only behind a text's first sentence, whose own act it opens."""
FIRST_ENDS = re.compile(r"(?<!\b[a-z])[.!?]\s|[;\n]")
LEAD = re.compile(rf"(?:(?:the|its|his|their|an?|us|eu|chinese)\s)*(?:[\w-]+'s\s)?{MEASURE}?")
"""What stands before goods in a measure without a verb: three days after the duty on robots."""


def others(folded: str, hits: Sequence[Hit] = ()) -> list[Region]:
    """Return where a text tells of another act than its own."""
    found = []
    opening = FIRST_ENDS.search(folded)
    second = opening.end() if opening else len(folded)
    for place in sorted(PRESENT.Match(folded.encode("utf-8", "replace")) or ()):
        sign = STEMS[place]
        for match in ANOTHER[sign].finditer(folded):
            name = match.lastgroup or "told"
            start, end = match.span(name)
            if sign in NOT_AT_FIRST and start < second:
                continue
            lead = LEAD.match(folded, start)
            first = lead.end() if lead else start
            bare = any((hit.start, hit.end) == (first, end) for hit in hits)
            found.append(Region(start, end, sure=name == "named" or (bare and name == "told")))
    return found
