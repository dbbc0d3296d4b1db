"""Take out of an alert what names people and machines, before a confirmed one is kept.

What says which behaviour it was stays: commands, switches, registry keys, file names of tools.
"""

# ruff: noqa: E501 # a pattern cut into lines is harder to read than a long one

from __future__ import annotations

import re

_RULES = (
    (re.compile(r"-----BEGIN [A-Z ]{3,40}-----[^-]{1,20000}-----END [A-Z ]{3,40}-----"), "<secret>"),
    (re.compile(r"\b(?:xox[abeoprs]-[\w-]{8,200}|xapp-[\w-]{8,200}|gh[opsu]_\w{20,255}|glpat-[\w-]{20,64}|AKIA[A-Z0-9]{12,20}|ASIA[A-Z0-9]{12,20}|AIza[\w-]{30,40}|sk-[\w-]{16,200}|eyJ[\w-]{8,4000}\.[\w-]{4,4000}\.[\w-]{2,1000})"), "<secret>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,2000}"), r"\1 <secret>"),
    (re.compile(r"(?i)(\b(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|client[_-]?secret|auth)\b[\"']?\s*[:=]\s*)(?:\"[^\"\n]{1,500}\"|'[^'\n]{1,500}'|[^\s\"',;]{1,500})"), r"\1<secret>"),
    (re.compile(r"(?i)((?:^|\s)[-/](?:p|pw|pass|password|pwd)(?:\s+|:|=))(?![-/])\S{1,200}"), r"\1<secret>"),
    (re.compile(r"(?i)(\bnet1?(?:\.exe)?\s+user\s+)(?:\"[^\"\n]{1,100}\"|[^\s/]{1,100})(\s+)(?!/)\S{1,200}"), r"\1<user>\2<secret>"),
    (re.compile(r"(?i)(\bnet1?(?:\.exe)?\s+user\s+)(?:\"[^\"\n]{1,100}\"|[^\s/<]{1,100})"), r"\1<user>"),
    (re.compile(r"(?i)\b(?:h[tx]{2}ps?|ftp|wss?)\[?:\]?//[^\s\"'<>|]{1,4000}"), "<url>"),
    (re.compile(r"(?i)[\w.+-]{1,64}(?:@|\[@\]|\[at\])[\w-]{1,63}(?:(?:\.|\[\.\])[\w-]{1,63}){1,8}"), "<mail>"),
    (re.compile(r"\b[0-9a-fA-F]{32,128}\b"), "<hash>"),
    (re.compile(r"(?<![\w.])\d{1,3}(?:(?:\.|\[\.\])\d{1,3}){3}(?::\d{1,5})?(?![\w.]\d)"), "<address>"),
    (re.compile(r"(?<![\w:.])(?=[0-9a-fA-F:]{0,39}:[0-9a-fA-F:]{0,39}:)(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{1,4}(?![\w:.])"), "<address>"),
    (re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"), "<address>"),
    (re.compile(r"\bS-1-5-21(?:-\d{1,12}){3,5}\b"), "<user>"),
    (re.compile(r"(?i)([\\/](?:users|home|documents and settings)[\\/])(?!(?:public|default|all users|shared)[\\/])[^\\/\s\"'<>:|]{1,100}"), r"\1<user>"),
    (re.compile(r"(?i)(\b(?:user(?:[ _]?name)?|account(?:[ _]?name)?|subjectusername|targetusername|suser|duser|actor|principal|login|upn|samaccountname)\b[\"']?\s*[:=]\s*)(?:\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[^\s\"',;]{1,200})"), r"\1<user>"),
    (re.compile(r"(?i)(\b(?:host(?:[ _]?name)?|computer(?:[ _]?name)?|machine|device(?:[ _]?name)?|workstation(?:[ _]?name)?|dest|src|server|endpoint|dvchost|agent)\b[\"']?\s*[:=]\s*)(?:\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[^\s\"',;]{1,200})"), r"\1<host>"),
    (re.compile(r"(?i)(?<![\w\\])\\\\(?!\.\\)[\w.$-]{1,100}(?=\\)"), r"\\\\<host>"),
    (re.compile(r"(?<![\w\\/:.-])(?!(?:HK[A-Z]{2,3}|NT AUTHORITY|BUILTIN|SOFTWARE|SYSTEM|Microsoft|Windows|CurrentVersion|System32)\\)[A-Z][A-Z0-9-]{1,14}\\(?!\\)[A-Za-z][\w.$-]{1,60}(?![\w.\\$-])"), "<user>"),
    (re.compile(r"(?<![\w.\\/-])(?!(?:System|Microsoft|Windows|Net|java|com\.apple)\.)(?!(?:[\w-]{1,63}\.){1,3}(?:exe|dll|sys|ps1|bat|cmd|vbs|js|hta|py|sh|jar|msi|txt|log|dmp|dit|zip|rar|docx?|xlsx?|pdf|lnk|iso|inf|sct|xml|json|conf|plist|so|ko|db|tmp|dat|bak|php|aspx?|jsp|service)\b)(?:[a-zA-Z0-9-]{1,63}\.){2,8}[a-zA-Z]{2,24}(?![\w.-]*[\w(])"), "<host>"),
    (re.compile(r"\b(?:WS|PC|LAPTOP|DESKTOP|SRV|SERVER|WIN|HOST|NB|DC|VM|CLIENT|MAC|LT|WKS|APP|DB|FS|MAIL|EX)-?[A-Z0-9]*\d[A-Z0-9-]{0,20}\b"), "<host>"),
)  # fmt: skip
MAX_KEPT = 8_192
"""Characters of an alert that are kept; what follows is cut off."""


def masked(text: str) -> str:
    """The text with addresses, hosts, users, mails, links, hashes and secrets replaced by what they are.

    Args:
        text: An alert; only its first `MAX_KEPT` characters are read.
    """
    text = text[:MAX_KEPT].replace("\x00", " ")
    for pattern, name in _RULES:
        text = pattern.sub(name, text)
    return text
