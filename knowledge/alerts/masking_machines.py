"""Where, as it stands in any text: names of machines and domains, addresses, digests of files."""

# ruff: noqa: E501 # a pattern cut into lines is harder to read than a long one

from __future__ import annotations

import re
from ipaddress import ip_address

from knowledge.alerts.masking_rules import FILE_ENDING, NAMED, NAMED_IN_XML, SETTING, MaskRule, hide, names_nobody, rule

_ANYBODY = frozenset({"127.0.0.1", "0.0.0.0", "255.255.255.255", "169.254.169.254", "::1", "::"})  # noqa: S104
"""Addresses that mean the same on every machine, and so say what was done and not where."""


def _address(match: re.Match[str]) -> str:
    found = match["address"]
    try:
        known = str(ip_address(found.replace("[", "").replace("]", "")))
    except ValueError:
        return match[0]
    return match[0] if known in _ANYBODY else "<address>"


_ADDRESSES: tuple[MaskRule, ...] = (
    rule(r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){15,63}\b", "<hash>"),
    rule(r"(?<![\w:.-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])", "<address>"),
    rule(r"(?<![\w.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])", "<address>"),
    rule(
        r"(?<![\w.])(?P<address>(?!2\.5\.(?:4|5|29)\.)\d{1,3}(?:(?:\.|\[\.\])\d{1,3}){3})(?<!\d\.0\.0\.0)(?::\d{1,5}(?!\d))?(?![\w]|\.\d)",
        _address,
    ),
    rule(
        r"(?<![\w:.\]])\[?(?P<address>(?=[0-9a-f:]{0,4}:[0-9a-f:]{0,39}[0-9a-f])(?:[0-9a-f]{0,4}:){2,7}"
        r"(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})|(?:[0-9a-f]{1,4}:){1,7}:)\]?(?:%\w{1,15})?(?![\w:.(])",
        _address,
    ),
)
"""Versions of browsers end in ``.0.0.0`` and look like addresses; no machine has such a one. ``2.5.4.x`` names attributes of a directory."""

_HOST_NAME = (
    r"(?:host|computer|machine|workstation|endpoint|device|agent|dvc|server|node|asset)[ _.]?(?:host)?name|computer|machine"
    r"|workstation|(?<![a-z])(?:host|dvchost|shost|dhost|dvc|endpoint|destinationhost"
    r"|sourcehost)|(?<![\w])(?:src|dst|dest)(?:_host)?|(?-i:(?<=[a-z])Host)|data source|(?:account|subject|target|user)[ _]?domain(?:[ _]?name)?"
)
_ROLES_OF_PROGRAMS = re.compile(
    r"(?:localhost|consolehost|serverremotehost|default ?host|windows|linux|macos|nt authority|builtin|workgroup|\.)$|[.]|.*/"
    r"|.*(?:powershell|ise host)|(?:tcp:)?<|https?:",
    re.IGNORECASE,
)
_TLD = (
    r"com|net|org|info|biz|io|co|dev|cloud|online|site|xyz|top|club|shop|live|link|tech|space|website|icu|work|edu|gov|mil"
    r"|local|lan|corp|internal|intra|intranet|private|example|test|invalid|home|onion|arpa"
)
_COUNTRY = r"de|uk|fr|nl|eu|us|ru|cn|jp|br|ch|at|it|es|se|dk|fi|be|ca|au|nz|kr|tw|hk|sg|mx|ar|cl|za|tr|ua|cz|pt|gr|hu|ro|ie|ir|il|ae|vn|th|ph|tk|pw|su|me|tv"
_CODE_TAILS = frozenset(
    """
    asp.net vb.net ado.net microsoft.net system.net ml.net system.io java.io java.net socket.io command.com
    more.com tree.com chcp.com mode.com format.com diskcomp.com diskcopy.com edit.com win.com
    """.split()  # noqa: SIM905 - a list to read
)
_SERVICES = re.compile(
    r"(?:[a-z0-9-]{1,40}(?:\.[a-z]{2}-[a-z-]{4,14}-\d)?\.amazonaws\.com|[a-z0-9-]{1,40}\.googleapis\.com|[a-z0-9.-]{1,40}\.azure\.com|[a-z0-9.-]{1,40}\.k8s\.io"
    r"|k8s\.io|(?:login|graph|management|outlook)\.(?:microsoftonline|microsoft|windows|office365?)\.(?:com|net)"
    r"|metadata\.google\.internal|api\.telegram\.org|raw\.githubusercontent\.com)$",
    re.IGNORECASE,
)
"""Names of services that are the same for everybody and say which API was called."""


def _machine(match: re.Match[str]) -> str:
    """A name of the domain name system, unless it names a program, a class or a service that all share."""
    name = match[0].replace("[.]", ".").lower()
    shouted = match[0].rpartition(".")[2].isupper() and not match[0].isupper()
    code = name in _CODE_TAILS or name.startswith(("system.", "microsoft.", "com.apple.", "java."))
    return match[0] if shouted or code or _SERVICES.match(name) else "<host>"


def _numbered(match: re.Match[str]) -> str:
    """``WS-0193``, unless it is a system, a product or an id of ATT&CK (``DC0032`` is a data component)."""
    return (
        match[0]
        if re.fullmatch(r"WIN(?:32|64|7|8|9\d|10|11|2K\d*|NT\d?)\w{0,2}|DB2|DC\d{4}|VM\d", match[0])
        else "<host>"
    )


_MACHINES: tuple[MaskRule, ...] = (
    rule(
        rf"(?:{_HOST_NAME}){NAMED}(?P<value>{SETTING})",
        hide("<host>", unless=lambda value: names_nobody(value) or bool(_ROLES_OF_PROGRAMS.match(value))),
    ),
    rule(
        r"(?<![a-z])server=(?:tcp:)?+(?P<value>[a-z][\w.\\-]{1,200})",
        hide("<host>", unless=lambda value: value == "localhost"),
    ),
    rule(
        rf"(?<=[\w\"'])(?:{_HOST_NAME}){NAMED_IN_XML}(?P<value>[^<>\n]{{1,200}})",
        hide("<host>", unless=lambda value: names_nobody(value) or bool(_ROLES_OF_PROGRAMS.match(value))),
    ),
    rule(
        r"<(?:computer|computername|workstationname|hostname|machinename|devicename)>(?P<value>[^<>\n]{1,200})(?=</)",
        hide("<host>", unless=names_nobody),
    ),
    rule(
        r"(?<![\w\\:%})])\\\\(?!(?:127\.0\.0\.1|localhost|tsclient|wsl\$)\\)(?P<value>[\w.$-]{2,100})(?=\\(?!\\)|(?:@\w{1,10}){1,2}\\)",
        hide("<host>"),
    ),
    rule(
        r"(?<![\w\\:%})])\\{4}(?!(?:127\.0\.0\.1|localhost|tsclient|wsl\$)\\)(?P<value>[\w.$-]{2,100})(?=\\\\|\s|\\?\")",
        hide("<host>"),
    ),
    rule(r"(?:(?<=\s)|(?<=^)|(?<==))\\\\(?!127\.0\.0\.1|localhost)(?P<value>[\w.$-]{2,100})(?=\s|$|,)", hide("<host>")),
    rule(
        r"(?<![\w.\\/-])(?:[a-z0-9-]{1,63}(?:\.|\[\.\])){1,8}"
        rf"(?-i:{_TLD}|{_TLD.upper()})(?![\w-]|\.\w|\[\.\])(?!\\?\"\s?:)",
        _machine,
    ),
    rule(
        rf"(?<![\w.\\/-])(?:[a-z0-9-]{{1,63}}(?:\.|\[\.\])){{2,8}}(?-i:{_COUNTRY})(?![\w-]|\.\w|\[\.\])(?!\\?\"\s?:)",
        _machine,
    ),
    rule(r"(?<=://)(?:[a-z0-9-]{1,63}(?:\.|\[\.\])){1,8}[a-z]{2,24}(?![\w-]|\.\w)", _machine),
    rule(
        r"(?<![\w.\\/-])(?!win32|win64|o365|sha\d|v\d)(?:[a-z]{2,20}[a-z0-9]{0,20}-[a-z0-9-]{0,20}\d{1,6}|[a-z]{2,20}\d{2,6})"
        r"(?:\.[a-z][a-z0-9-]{0,62}){1,6}\.[a-z]{2,24}(?![\w-]|\.\w)(?!\\?\"\s?:)",
        lambda match: match[0] if FILE_ENDING.search(match[0]) else _machine(match),
    ),
    rule(
        r"\b(?:host|computer|machine|server|workstation|endpoint|device|laptop|controller)\s(?:named\s)?"
        r"(?P<value>(?=[a-z-]{0,30}\d)[a-z][a-z0-9]{0,20}-?(?:[a-z0-9]{1,20}-?){0,4}[a-z0-9])(?![\w.\\-])",
        hide("<host>", unless=lambda value: bool(re.match(r"(?:win|v|r)\d", value, re.IGNORECASE))),
    ),
    MaskRule(
        re.compile(
            r"(?<![\w.-])(?:[A-Z]{2,8}-){0,2}(?:WS|PC|LAPTOP|DESKTOP|SRV|SERVER|WIN|HOST|NB|DC|VM|CLIENT|MAC|LT|WKS|APP|DB"
            r"|FS|MAIL|EX|SQL|WEB|WRK|WKSTN|FILESRV|LAP)(?:-[A-Z]{1,8})?-?[A-Z0-9]{0,12}\d[A-Z0-9-]{0,20}\$?(?![\w-])"
        ),
        _numbered,
    ),
    rule(
        r"\b(?:host|gc|ldaps?|cifs|mssqlsvc|termsrv|wsman|dns|restrictedkrbhost|krbtgt|nfs|imap|https?)/"
        r"(?!\d)(?P<value>[a-z][\w-]{0,62}(?:\.[\w-]{1,63}){0,8})(?![\w.-]*[(/])",
        hide("<host>", unless=lambda value: bool(FILE_ENDING.search(value)) or value.isalpha()),
    ),
    rule(
        r"<host>(?P<tail>(?:\.[a-z0-9-]{1,63}){1,8})(?![\w.-])",
        lambda match: match[0] if FILE_ENDING.search(match["tail"]) else "<host>",
    ),
    rule(r"\b(?-i:DESKTOP|LAPTOP|WIN)-[A-Z0-9]{6,12}\b", "<host>"),
)

_HASHES = rule(
    r"(?<![\w-])(?<!proctitle=)(?<!\ba\d=)(?<!\bcmd=)(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}"
    r"|[0-9a-f]{128})(?![\w-])",
    "<hash>",
)
"""Digests, by the lengths they have. Where auditd writes an argument in hexadecimal digits, that is a command."""


ADDRESS_RULES: tuple[MaskRule, ...] = (_HASHES, *_ADDRESSES)
"""Applied before names are looked for."""
HOST_RULES: tuple[MaskRule, ...] = _MACHINES
"""Applied after accounts, which have the name of a machine or domain in front."""
