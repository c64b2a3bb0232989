"""The kinds of source. To add one: a file here, a line in KINDS, a row in docs/sources.md."""

from alerts.settings import SourceKind
from alerts.sources import federal_register, feed, jsonl, lunarcrush, lunarcrush_page

KINDS: dict[str, SourceKind] = {
    "federal_register": SourceKind(federal_register.Config, federal_register.poll),
    "feed": SourceKind(feed.Config, feed.poll),
    "jsonl": SourceKind(jsonl.Config, jsonl.poll),
    "lunarcrush": SourceKind(lunarcrush.Config, lunarcrush.poll),
    "lunarcrush_page": SourceKind(lunarcrush_page.Config, lunarcrush_page.poll),
}
