"""Who, as it stands in any text: accounts, people, mails and telephones."""

# ruff: noqa: E501 # a pattern cut into lines is harder to read than a long one

from __future__ import annotations

import re

from knowledge.alerts.masking_rules import FILE_ENDING, NAMED, NAMED_IN_XML, SETTING, MaskRule, hide, names_nobody, rule

_DEFAULT_FOLDERS = r"public|default|defaultuser0|all users|shared|me|\*|%\w{1,40}%|\$\w{1,40}"
_WORD_START = r"(?:(?<![a-z])|(?-i:(?<=[a-z])(?=[A-Z])))"
_USER_NAME = (
    rf"(?:user|account|{_WORD_START}(?:acct|(?<!console)log[io]n|principal|actor|owner|mailbox|member|request[oe]r|initiator"
    r"|recipient|sender))(?:[ _.-]?(?:name|id|principal[ _]?name|upn|email|account|alternateid|displayname))?"
    r"|upn|suser|duser|usrname|(?<![a-z])usr|sam[ _]?account[ _]?name|(?<![a-z])uid(?==)|(?<![a-z])ruser|full[ _]?name"
)
_WELL_KNOWN_DOMAINS = frozenset(
    """
    HKLM HKCU HKCR HKU HKCC AUTHORITY BUILTIN SERVICE SOFTWARE SYSTEM SAM SECURITY MACHINE MICROSOFT WINDOWS ROOT
    APPPOOL CURRENTVERSION SYSTEM32 TEMP TMP USERS FILES X86 REGISTRY DEVICE GLOBAL PIPE IPC HARDWARE POLICIES
    SETUP SYSWOW64 DRIVERS TASKS DATA HOME BIN SBIN ETC VAR OPT SCRIPTS NETLOGON SYSVOL
    """.split()  # noqa: SIM905 - a list to read
)
_GROUP_START = re.compile(r"(?:domain|enterprise|schema|dnsadmins|administrators)$", re.IGNORECASE)


def _account(match: re.Match[str]) -> str:
    r"""``DOMAIN\name``, unless it is a registry key, a path or an account that every Windows has."""
    domain, name = match["domain"], match["name"]
    if domain.upper() in _WELL_KNOWN_DOMAINS or FILE_ENDING.search(name):
        return match[0]
    return f"<host>{match[0][len(domain) :]}" if _GROUP_START.match(name) else "<user>"


def _comma_account(match: re.Match[str]) -> str:
    return match[0] if FILE_ENDING.search(match["name"]) else "<user>"


_FULL_NAME = r"(?-i:[A-Z][\w'’.-]{0,30} (?:[A-Z]\. )?[A-Z][\w'’-]{1,30})(?!\w|\s{0,3}[:=\\])"

PEOPLE_RULES: tuple[MaskRule, ...] = (
    rule(
        r"(?<![\w.+'-])[\w.+'#-]{1,128}(?:@|\[@\]|\[at\])(?:[a-z0-9-]{1,63}(?:\.|\[\.\])){1,8}[a-z]{2,24}\b(?!\.?\w)",
        "<mail>",
    ),
    rule(r"\bS-1-(?:5-21|12-1)(?:-\d{1,12}){3,6}\b", "<user>"),
    rule(
        rf"(?<=[\\/])(?P<before>(?:users|home|documents and settings)[\\/]{{1,4}})(?!(?:{_DEFAULT_FOLDERS})(?![\w.-]))"
        r"(?P<value>[^\\/\s\"'<>:|,;&)(*?{}$%]{1,100}(?: (?-i:[A-Z])[\w.-]{0,40}(?=[\\/])){0,2})",
        hide("<user>"),
    ),
    rule(
        rf"(?<![<\\/])(?:{_USER_NAME}){NAMED}(?P<value>{_FULL_NAME}|(?:<user>|\w{{1,40}})(?:\\{{1,4}})(?:<user>|[\w.$-]{{1,64}})|{SETTING})",
        hide("<user>", unless=names_nobody),
    ),
    rule(
        rf"(?<=[\w\"'])(?:{_USER_NAME}){NAMED_IN_XML}(?P<value>[^<>\n]{{1,200}})", hide("<user>", unless=names_nobody)
    ),
    rule(
        r"<(?P<name>(?:\w{1,30}user|subjectuser|targetuser|account|user)name|upn|userprincipalname|samaccountname)>"
        r"(?P<value>[^<>\n]{1,200})(?=</)",
        hide("<user>", unless=names_nobody),
    ),
    rule(
        r"\b(?:failed|accepted|invalid|failure|illegal|session (?:opened|closed)|password check failed)\b[^\n<]{0,40}?"
        r"\b(?:for|user)\s(?:invalid user |illegal user |user )?(?!user\b|invalid\b|the\b|a\b)(?P<value>[\w.\\$-]{2,64})"
        r"(?=\s(?:from|by|on)\b|\(uid=)",
        hide("<user>"),
    ),
    rule(r"\bby\s(?P<value>[\w.$-]{2,64})(?=\(uid=)", hide("<user>")),
    rule(r"\bsudo(?:\[\d{1,8}\])?:\s{1,8}(?P<value>[\w.$-]{2,64})(?=\s:\s)", hide("<user>")),
    rule(r"\b[efs]?[ug]id=\d{1,10}\((?P<value>[\w.$-]{2,64})(?=\))", hide("<user>")),
    rule(r"(?:(?<=\s)|(?<=^))(?P<value>[\w.$-]{2,64})(?=\s:\sTTY=)", hide("<user>")),
    rule(rf"(?P<value>[\"']?{_FULL_NAME}[\"']?)(?=\s{{1,2}}<?<mail>)", hide("<user>")),
    rule(
        rf"\b(?-i:user|employee|colleague|(?:laptop|mailbox|workstation|account|machine|phone) of)\s(?P<value>{_FULL_NAME})",
        hide("<user>", unless=names_nobody),
    ),
    rule(
        r"\bfor user (?!account|accounts|the|a|an|name|group)(?P<value>[a-z][\w.-]{1,63})(?=\s(?:was|has|by|from|on|after)\b)",
        hide("<user>"),
    ),
    rule(r"\bCN=(?P<value>[^,=<>\"'\n]{2,80})(?=,\s?(?:OU=|CN=Users\b))", hide("<user>", unless=names_nobody)),
    rule(r"\b(?:user|account|employee|admin|operator)\s(?P<value>[\"'][\w.@\\$ -]{2,64}[\"'])", hide("<user>")),
    rule(
        r"\b(?:user|account|employee)\s(?!(?:account|agent|password|token|was|is|has|just|then|that|who|and|not|never|or"
        r"|name|logs?|recently|successfully|session)\b)(?P<value>[a-z][\w.-]{1,63})"
        r"(?=\s(?:logged|signed|logs|signs|authenticated|from|ran|executed|downloaded|opened)\b)",
        hide("<user>"),
    ),
    rule(
        r"\b(?:user|account|employee)\s(?P<value>(?=[\w-]{0,40}[\d._\\])[a-z][\w-]{0,60}(?:[.\\][\w-]{1,40}){0,3}\$?)(?![\w.\\])",
        hide("<user>", unless=names_nobody),
    ),
    rule(r"(?<![\w.\\-])(?P<value>[a-z]{2,30}\.[a-z]{2,30})(?=\s(?:logged|signed)\s(?:in|on|into)\b)", hide("<user>")),
    rule(
        r"(?<![\w\\/:.-])(?P<domain>(?-i:[A-Z][A-Z0-9-]{1,14}))\\{1,2}(?P<name>(?!\\)[a-z_][\w.$-]{1,60})(?![\w.\\$-])",
        _account,
    ),
    rule(
        r"(?<![\w\\/.-])(?P<domain>[a-z][\w.-]{1,30})\\{1,4}<user>",
        lambda match: match[0] if match["domain"].upper() in _WELL_KNOWN_DOMAINS else "<user>",
    ),
    rule(r"(?<=,)[a-z][a-z0-9-]{1,14}\\(?P<name>[a-z]{1,20}\.[a-z]{2,30})(?=,)", _comma_account),
    rule(
        r"(?<!\\)<host>\\{1,2}(?!(?:domain|enterprise|schema|dnsadmins|administrators)\b)(?P<value>[a-z][\w.$-]{1,60})(?![\w.\\$-])",
        lambda match: match[0] if FILE_ENDING.search(match["value"]) else "<user>",
    ),
    rule(
        r"\b(?:as|by|for|from|user|account|/user:|-u)\s{0,3}(?P<domain>[a-z][a-z0-9-]{1,14})\\{1,2}(?P<name>[a-z_][\w.$-]{1,60})(?![\w.\\$-])",
        lambda match: (
            match[0] if _account(match) != "<user>" else match[0][: match.start("domain") - match.start()] + "<user>"
        ),
    ),
    rule(r"(?<=:)(?:user|assumed-role/[\w+=,.@-]{1,64})/(?P<value>[\w+=.@/-]{2,100})", hide("<user>")),
    rule(
        r"(?:phone|mobile|telephone|msisdn|(?<![a-z])tel|(?<![a-z])cell|(?<![a-z])sms|fax)(?:[ _]?(?:number|no|nr))?"
        r"(?:\\{0,3}[\"']|&quot;)?\s{0,3}[:=]?\s{0,3}(?:\\{0,3}[\"']|&quot;)?(?P<value>\+?\(?\d[\d ().-]{6,20}\d)(?![\d.])",
        hide("<phone>"),
    ),
    rule(r"(?<![\w.+])\+\d{1,3}[ .-](?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]\d{2,6}){1,4}(?![\w.-])", "<phone>"),
)
"""In the order in which they are applied."""
