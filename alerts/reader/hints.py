"""Whose act it is that a text tells without the name of a country: by its money, or as everybody's own.

Pure. Mainland posts leave out China, and a fine of S$4.2m is Singapore's.
"""

import re
from typing import Any

import re2

from alerts.reader.terms import HAN, Hit

MONEY_OF = re.compile(
    r"(?<![a-z$])(?:(?P<SG>s\$(?=\d))|(?P<TW>nt\$(?=\d))|(?P<HK>hk\$(?=\d))|(?P<AU>a\$(?=\d))|(?P<CA>c\$(?=\d))|(?P<NZ>nz\$(?=\d))|(?P<BR>r\$\s?(?=\d))"
    r"|(?P<ID>rp\s?(?=\d)|rupiah\b|idr\b)|(?P<TH>baht\b|thb\b)|(?P<MY>ringgit\b|rm(?=\d))|(?P<KR>(?<=illion\s)won\b|krw\b)"
    r"|(?P<VN>vnd\b)|(?P<KZ>tenge\b)|(?P<NG>naira\b)|(?P<PL>zlotys?\b|pln\b)|(?P<TR>liras?\b)|(?P<UA>hryvnia\b)|(?P<GH>cedis?\b)|(?P<KE>kes\s?(?=\d)|ksh\s?(?=\d))|(?P<ZM>kwacha\b))"
)
MONEY_OF_ZH = re.compile(
    r"(?P<SG>新币|新元|坡币)|(?P<TW>新台币|台币)|(?P<HK>港元)|(?P<AU>澳元|澳币)|(?P<CA>加元|加币)|(?P<NZ>新西兰元|纽币)|(?P<BR>雷亚尔)|(?P<ID>印尼盾)|(?P<TH>泰铢)|(?P<MY>令吉|林吉特)"
    r"|(?P<KR>韩元|韩币)|(?P<VN>越南盾)|(?P<KZ>坚戈)|(?P<NG>奈拉)|(?P<PL>兹罗提)|(?P<TR>里拉)|(?P<UA>格里夫纳)|(?P<GH>塞地)|(?P<ZM>克瓦查)|(?P<EG>埃镑)|(?P<CH>瑞郎)|(?P<IL>谢克尔)|(?P<ZA>兰特)|(?P<RU>卢布)|(?P<JP>日元|日圆)|(?P<GB>英镑)"
)
"""Money of one country alone, in which its fines, duties and subsidies are told."""


PAID: Any = re2.compile(
    r"[salczr]\$|nt\$|hk\$|\brp ?\d|rupiah|\bidr\b|\bbaht|\bthb\b|ringgit|\brm\d|illion won|\bkrw|\bvnd\b|tenge|naira|zloty|\bpln\b|\bliras?\b|hryvnia|\bcedis?\b|\bkes ?\d|\bksh|kwacha"
    r"|新币|新元|坡币|台币|港元|澳元|澳币|加元|加币|西兰元|纽币|雷亚尔|印尼盾|泰铢|令吉|林吉特|韩元|韩币|越南盾|坚戈|奈拉|兹罗提|里拉|格里夫纳|塞地|克瓦查|埃镑|瑞郎|谢克尔|兰特|卢布|日元|日圆|英镑"
)
"""What stands in each of them: one pass finds that most texts have none."""


def paid_in(folded: str) -> Hit | None:
    """Return the country in whose money a text counts that names no country: S$4.2m fine."""
    told = (MONEY_OF if folded.isascii() else MONEY_OF_ZH).search(folded)
    return Hit(*told.span(), "money", told.lastgroup or "") if told else None


OF_US_ZH = re.compile(
    r"(?:暂停|恢复|取消|撤销|停止|中止)[^。\n]{0,30}输华|输华[^。\n]{0,12}(?:暂停|恢复|取消|撤销)|(?<![a-z\d])\d{1,3}号公告"
    r"|(?:立案|初裁|终裁|反倾销|反补贴|双反)[^。\n]{0,24}(?:国产|国内)|(?:国产|国内)[^。\n]{0,14}(?:立案|初裁|终裁)|(?:管理|暂行)办法|新国标|强制国标|总许可证?|出口退税|退税[^,。\n不没未]{0,9}(?:取消|没了|下调|砍|归零|清零)|上面(?:不让|叫停|要求|下令)"
    r"|(?:家|肉|厂)[^,。\n]{0,6}厂[^,。\n]{0,4}(?:被停|停了|被暂停|恢复)|厂号"
)
"""What mainland Chinese posts say of what their own government does, without its name."""
OURS_ALONE_ZH = re.compile(
    r"出口(?:也|又|都)?(?:要|须|需|得)[^,。;\s]{0,4}(?:许可|凭证|批|办证)|(?:要|须|需)[^,。;\s]{0,3}(?:许可证|办证|凭证)[^,。;\s]{0,6}(?:出口|出海|卖)|也要许可证了|出口管制|管制落地|(?:纳入|列入|上了)[^,。;\s]{0,4}管制"
)
"""What they say of it where no country is named at all."""


def ours_zh(text: str, folded: str) -> Hit | None:
    """Return China of a text in simplified characters that tells of its act as everybody's own.

    Traditional characters are Taiwan's and Hong Kong's, whose own government is another.
    """
    told = OF_US_ZH.search(folded)
    if told is None or traditional(text, folded):
        return None
    return Hit(told.start(), told.end(), "sign", "CN")


def traditional(text: str, folded: str) -> bool:
    """Tell whether a text has characters that are written otherwise on the mainland."""
    return any(HAN.match(a) and a != b for a, b in zip(text, folded, strict=False))


def hinted(text: str, folded: str, *, named: bool) -> Hit | None:
    """Return the country that a text without one is most likely about: by its money, or China.

    named: some country or office all the same. China is no more than a place here: that mainland
    posts leave out its name does not say that the act is its own.
    """
    if PAID.search(folded.encode("utf-8", "replace")) and (paid := paid_in(folded)):
        return paid
    told = None if named or folded.isascii() else OURS_ALONE_ZH.search(folded)
    if told is None or traditional(text, folded):
        return None
    return Hit(told.start(), told.end(), "place", "CN")
