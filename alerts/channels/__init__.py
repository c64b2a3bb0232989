"""The kinds of channel. To add one: a file here, a line in KINDS, a row in docs/channels.md."""

from alerts.channels import console, slack, webhook
from alerts.settings import ChannelKind

KINDS: dict[str, ChannelKind] = {
    "console": ChannelKind(console.Config, console.render, console.notify, console.send),
    "slack": ChannelKind(slack.Config, slack.render, slack.notify, slack.send, pace=slack.PACE),
    "webhook": ChannelKind(webhook.Config, webhook.render, webhook.notify, webhook.send),
}
