"""What gives access, as it stands in any text: tokens known by their shape, keys and passwords known by their name.

The shapes are those the vendors document (GitHub, GitLab, Slack, AWS, Google, Stripe, npm, PyPI, SendGrid, Twilio and
so on). Nothing is taken for a secret because it looks random: an encoded command looks random too and has to stay.
"""

from __future__ import annotations

import re

from knowledge.alerts.masking_rules import SETTING, MaskRule, bare, hide, in_quotes, rule
from knowledge.alerts.values import is_empty, is_plain

_LINE_END = r"(?:\s|\\[nr]){1,8}"

_BLOCKS = (
    rule(
        r"-----BEGIN [A-Z0-9 ]{3,40}-----(?:(?:[^-]|-(?!----)){1,8192}+-----END [A-Z0-9 ]{3,40}-----"
        rf"|{_LINE_END}(?:[a-z0-9+/=]{{16,8192}}+(?:{_LINE_END})?){{1,400}})",
        "<secret>",
    ),
    rule(
        rf"(Private-Lines:\s{{0,4}}\d{{1,4}}{_LINE_END})(?:[a-z0-9+/=]{{4,80}}(?:{_LINE_END}|$)){{1,400}}",
        r"\1<secret>\n",
    ),
)

_TOKENS = MaskRule(
    re.compile(
        r"\b(?:xox[abeoprs]-[\w-]{8,250}|xapp-[\w-]{8,250}|gh[opsur]_\w{16,255}|github_pat_\w{16,255}"
        r"|gl(?:pat|dt|ft|rt|cbt|ptt|imt|oas|soat|agent)-[\w.-]{16,255}"
        r"|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,20}|AIza[\w-]{30,45}|ya29\.[\w-]{16,500}|GOCSPX-[\w-]{16,64}"
        r"|[rsp]k_(?:live|test)_\w{8,255}|whsec_[\w+/=-]{16,100}|npm_[A-Za-z0-9]{24,64}|pypi-[\w-]{24,500}"
        r"|SG\.[\w-]{12,64}\.[\w-]{12,80}|(?:SK|AC)[0-9a-f]{32}|sk-(?=[\w-]{0,60}\d)[\w-]{16,250}"
        r"|sh(?:pat|pca|ppa|pss)_[0-9A-Fa-f]{32}|do[opr]_v1_[0-9a-f]{32,80}|hf_[A-Za-z0-9]{24,64}"
        r"|dckr_pat_[\w-]{16,80}|ATATT3[\w=-]{24,255}|hv[sbr]\.[\w-]{20,255}|NRAK-[A-Z0-9]{20,40}"
        r"|sq0(?:atp|csp)-[\w-]{20,64}|dapi[0-9a-f]{32}|key-[0-9a-f]{32}|AGE-SECRET-KEY-1[A-Z0-9]{20,80}"
        r"|\d{8,10}:AA[\w-]{30,36}|eyJ[\w-]{8,4000}\.[\w-]{4,4000}(?:\.[\w-]{2,1000})?)"
    ),
    "<secret>",
)
"""Tokens of vendors. ``sk-`` starts those of OpenAI and Anthropic and needs a digit, for prose has ``sk-`` too."""

_HEADERS = (
    rule(
        r"authorization(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}[\"'])?"
        r"(?:(?:bearer|basic|digest|negotiate|ntlm|token|apikey|splunk)\s{1,4})(?P<value>[\w.~+/=:-]{4,4000})",
        hide("<secret>"),
    ),
    rule(
        r"\bauthorization(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}[\"'])?(?P<value>[\w.~+/=-]{16,4000})",
        hide("<secret>", unless=lambda value: value.isalpha()),
    ),
    rule(
        r"\b(?:bearer|basic)\s{1,4}(?P<value>[\w.~+/=-]{8,4000})",
        hide("<secret>", unless=lambda value: not re.search(r"\d|=$|[a-z][A-Z]", value)),
    ),
    rule(
        r"\bcookie(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}[\"'])?"
        r"(?P<value>[\w.%-]{1,100}=[^\s;,\"'<>]{0,2000}(?:;\s{0,2}[\w.-]{1,100}(?:=[^\s;,\"'<>]{0,2000})?){0,40})",
        hide("<secret>"),
    ),
)

_STRONG = (
    r"passw(?:or)?d|passwor(?:t|ds)(?=\s{0,4}[\"']?=)|passphrase|passcode|(?<![a-z])pass|(?-i:(?<=[a-z])Pass)"
    r"|(?<!by)(?<!com)(?-i:PASS)|pwd|(?<![a-z])pw|secret[_-]?(?:key|string|value|access[_-]?key)"
    r"|client[_-]?secret|api[_-]?key|private[_-]?key|account[_-]?key|shared[_-]?access[_-]?key|encryption[_-]?key"
    r"|sign(?:ing|ature)[_-]?key|master[_-]?key|storage[_-]?key|subscription[_-]?key|(?<![a-z])sig|key[_-]?(?:content|material)"
    r"|(?<![a-z])psk"
)
"""Names of secrets: what is set to one is a secret, whatever it looks like."""
_WEAK = (
    r"secret|token(?:[_-]?value)?|access[_ -]?key|auth[_-]?key|(?<![a-z])auth|session[_-]?(?:id|key)|sessid"
    r"|connect\.sid|(?<![a-z])otp|(?<![a-z])totp|csrf|credentials?"
)
"""Names that titles use as well, and that ids and prose are set to."""
_SEPARATOR = r"(?:\\{0,3}[\"']|&quot;)?[ \t]{0,6}(?:=>|:=|={1,2}|:(?![:/]|\\(?![\"'])))[ \t]{0,6}"
_IN_XML = r"[\"']?>"
_VERB = re.compile(
    r"(?:create|reset|set|update|change|delete|get|list|put|generate|rotate|add|remove|forgot|revoke|issue|read)[\w-]{0,24}$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\$[({]|\$env:|%\w{1,60}%$|\{\{|\[[A-Za-z][A-Za-z.]{2,60}\]|%%\d{1,5}$|\*{3,}$"
    r"|\(?(?:Get|New|Read|ConvertTo|ConvertFrom|Invoke|Import|Set|Select|Start|Out)-[A-Z]"
)
"""Values that are code, variables or stars: what they stand for is not in the text."""
_SAID = frozenset(
    """
    password passwords for the is was were must has user users expired reset changed required incorrect failed
    policy never not cannot can will
    """.split()  # noqa: SIM905 - a list to read
)
"""Words that follow ``password:`` in a sentence."""
_PLACE = re.compile(r"[/~]|[A-Za-z]:[\\/]")


def _set_strong(match: re.Match[str]) -> str:
    value = bare(match["value"])
    if is_empty(value) or _CODE.match(value) or (is_plain(value) and not value.isdecimal()):
        return match[0]
    if match["name"].lower() in ("pwd", "pw") and _PLACE.match(value):
        return match[0]
    action = _VERB.search(match.string[max(0, match.start() - 30) : match.start("name")])
    if _spoken(match) and (action or value.lower() in _SAID):
        return match[0]
    return match["name"] + match["set"] + in_quotes(match["value"], "<secret>")


def _set_weak(match: re.Match[str]) -> str:
    value = bare(match["value"])
    if is_empty(value) or _CODE.match(value) or is_plain(value) or _PLACE.match(value) or len(value) < 3:
        return match[0]
    if match["name"].lower().startswith(("auth", "credential")) and not re.search(
        r"\d.*[a-z]|[a-z].*\d", value, re.IGNORECASE
    ):
        return match[0]
    if match["name"].lower().startswith("sess") and value.isdecimal():
        return match[0]
    if _spoken(match) and len(value) < 20 and not re.search(r"\d", value):
        return match[0]
    return match["name"] + match["set"] + in_quotes(match["value"], "<secret>")


def _spoken(match: re.Match[str]) -> bool:
    """Whether it may be prose: a name, a colon and an unquoted word."""
    return match["set"].strip() == ":" and match["value"] == bare(match["value"])


_SETTINGS = (
    rule(r"\$(?:1|2[abxy]|5|6|7|y|apr1|krb5\w{2,12}|DCC2|P|S|argon2\w{1,2})\$[\w.,=+/$*@:-]{8,800}", "<hash>"),
    rule(
        r"(?<![a-z])(?:secret|password|passwd|key-string)\s{1,3}[05789]\s{1,3}(?P<value>[^\s\"'<>]{4,200})",
        hide("<secret>"),
    ),
    rule(r"snmp-server community\s{1,3}(?P<value>[^\s\"'<>]{2,100})", hide("<secret>")),
    rule(rf"(?P<name>{_STRONG})(?P<set>[\d_]{{0,3}}{_SEPARATOR})(?P<value>{SETTING})", _set_strong),
    rule(rf"(?P<name>{_WEAK})(?P<set>[\d_]{{0,3}}{_SEPARATOR})(?P<value>{SETTING})", _set_weak),
    rule(
        rf"(?P<name>{_STRONG})(?P<set>{_IN_XML})(?P<value>[^<>\n]{{1,400}})",
        _set_strong,
    ),
    rule(rf"(?P<name>(?<=[\w\"'])(?:{_WEAK}))(?P<set>{_IN_XML})(?P<value>[^<>\n]{{1,400}})", _set_weak),
    rule(
        r"\b(?:password|passphrase|passcode|pin)\s{1,3}(?:is|was|set to|changed to)\s{1,3}"
        r"(?P<value>(?=[^\s\"'<>]{0,40}[\d!@#$%^*])[^\s\"'<>,;]{4,100})",
        hide("<secret>"),
    ),
)

_LINKS = (
    rule(r"(/api/webhooks/|/services/T\w{6,12}/|/webhookb2/)[\w@/.-]{10,300}", r"\1<secret>"),
    rule(
        r"\b(?:h[tx]{2}ps?|ftps?|wss?)\[?:\]?//(?!169\.254\.169\.254/[\w/.-]{0,200}(?![\w/.?#&=%+:@-]))"
        r"(?:[^\s\"'<>|\\`]|\\/|<(?:user|host|address|secret|mail|hash)>){0,4000}"
        r"(?:[^\s\"'<>|\\`.,;:!?)\]}]|<(?:user|host|address|secret|mail|hash)>)",
        "<url>",
    ),
    rule(
        r"(?<=://)[^\s\"'<>|/@:]{0,200}:(?P<value>[^\s\"'<>|/@]{1,300})@",
        "<user>:<secret>@",
    ),
    rule(
        r"(?<=://)(?:[^\s\"'<>|/@:]{1,200}|<user>):(?P<value>[^\s\"'<>|/]{1,300})(?=@)",
        hide("<secret>"),
    ),
)
"""Links go whole, but for the address at which a cloud machine asks for its own credentials; it is the same for all."""

SECRET_RULES: tuple[MaskRule, ...] = (*_BLOCKS, _TOKENS, *_HEADERS, *_LINKS, *_SETTINGS)
"""In the order in which they are applied."""
