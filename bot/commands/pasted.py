"""Whether somebody typed a question or pasted an alert."""

from __future__ import annotations

import re

_READ = 4_000
"""Characters that are looked at: the beginning of a paste says what it is."""

_LONG = 12
"""More words than this are no name."""

_LONG_QUESTION = 30
"""More words than this are an alert even where they begin like a question."""

_NAMES_ONLY = re.compile(
    r"(?:(?:https?://)?attack\.mitre\.org/\S+|(?:T\d{4}(?:\.\d{1,3})?|TA\d{4}|[GSMC]\d{4}|D[SC]\d{4}|DET\d{4}|AN\d{4}"
    r"|A\d{4}|CVE-\d{4}-\d+))(?:[\s,;]+|$)",
    re.IGNORECASE,
)
_RECORD = re.compile(
    r"""
      \A\s*(?:```\w*\s*)?(?:
        [\[{]\s*["{\[]                       # JSON
        | <\?xml | <[A-Za-z][\w:.-]*[\s>/]   # XML
        | <\d{1,3}>\s*\S                      # syslog with its priority
      )
    | \b(?:CEF|LEEF):\s?\d(?:\.\d)?\|
    | "[\w.@ -]{1,60}"\s*:\s*[\[{"\d-]       # a piece of JSON
    | <Data\ Name= | <EventID\b
    | \btype=[A-Z_]{3,}\s+msg=audit\(
    | ^\s*(?:\w{3}\s+\d{1,2}\s\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d(?::\d\d)?\S*)\s+\S+\s+\S   # a log line
    | "(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH)\s\S+
    | \$\{\w+:
    """,
    re.VERBOSE | re.MULTILINE,
)
_PAIR = re.compile(r"(?<!\S)[A-Za-z_][\w.:@-]{0,60}=(?=\S)")
_LABEL = re.compile(r"(?<![\w/])[A-Za-z_][\w.]{1,40}:\s+\S")
_SIGNS = re.compile(
    r"""
      (?<![\w/.])(?:[A-Za-z]:\\|\\\\[\w.$-]+\\|/(?:bin|etc|usr|tmp|var|opt|home|root|dev|proc|Library|Users)/)[^\s"']*
    | \bHK(?:LM|CU|CR|U|EY_\w+)\\\S+
    | (?<!\S)(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d{1,5})?(?![\w.])
    | (?<!\S)[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30})+
    | (?<!\S)(?:h..ps?|ftp)://\S+
    | (?<![\w+/])(?:[A-Fa-f0-9]{32}|[A-Fa-f0-9]{40}|[A-Fa-f0-9]{64})(?![\w+/])
    | (?<![\w+/=])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/])
    | (?<!\S)(?:-{1,2}|/)[A-Za-z][\w-]{0,30}(?=[\s:=]|$)
    | \b\w+::\w+
    | \w\.(?:exe|dll|ps1|bat|cmd|vbs|vbe|jse|hta|sct|scr|msi|lnk|iso|docm|xlsm|sh|py|elf|so|zip|7z)\b(?!\.\w)
    | \s(?:\|{1,2}|&&|2?>{1,2}|;)\s
    | (?<!\S)[A-Z][\w-]*\\[\w.$-]+
    """,
    re.VERBOSE,
)
# 169.254.169.254 is a name: that of the cloud's metadata service
_ALONE = re.compile(
    r"(?:[A-Za-z]:\\|\\\\)\S+|(?:h..ps?|ftp)://\S+|(?!169\.254\.169\.254$)(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d{1,5})?"
    r"|[A-Fa-f0-9]{32}|[A-Fa-f0-9]{40}|[A-Fa-f0-9]{64}|[A-Za-z0-9+/]{60,}={0,2}"
    r"|/(?:etc|bin|usr|tmp|var|opt|home|root|dev|proc)/\S+"
)
_QUESTION = re.compile(
    r"(?:how|what|whats|what's|which|who|whose|why|when|where|is|are|was|were|can|could|do|does|did|should|would|tell|"
    r"show|explain|give|find|list|compare|describe|define|any|thanks|thank|hi|hello|hey)\b",
    re.IGNORECASE,
)
_PROGRAMS = """
powershell pwsh cmd wscript cscript mshta rundll32 regsvr32 certutil bitsadmin wmic vssadmin wbadmin bcdedit
wevtutil schtasks at sc net net1 netsh reg nltest dsquery whoami tasklist taskkill procdump ntdsutil esentutl
msbuild installutil psexec curl wget bash sh zsh python python3 perl ruby php node osascript launchctl crontab
systemctl chmod chown chattr useradd usermod passwd sudo su ssh scp rsync nc ncat nmap iptables setenforce kubectl
docker nsenter aws az gcloud gsutil mimikatz rubeus sharphound rclone 7z tar dd base64 openssl cat find grep
"""
_COMMANDS = frozenset(_PROGRAMS.split())


def looks_pasted(text: str) -> bool:
    """Whether a text is an alert to map, and not a name, an id or a short question to look up.

    Records (JSON, XML, CEF, LEEF, log lines, ``key=value``), several lines, command lines and texts of more than a
    dozen words are alerts, and so is one address, path or hash by itself. Questions are not, unless they are very long.

    Args:
        text: What was typed where no verb stands first, with Slack's own escapes undone.
    """
    text = text.strip()[:_READ]
    words = text.split()
    if not words or not _NAMES_ONLY.sub("", text).strip():
        return False
    if len(words) == 1 and "{" not in text and "<" not in text:
        return _ALONE.fullmatch(text) is not None or bool(_RECORD.search(text))
    if _RECORD.search(text) or len(_PAIR.findall(text)) > 1 or len(_LABEL.findall(text)) > 2:
        return True
    question = _QUESTION.match(text) is not None or text.endswith("?")
    if question and len(words) <= _LONG_QUESTION:
        return _signs(text) > 2
    if len(words) == 3 and words[1] in ("and", "or", "&"):  # "/etc/passwd and /etc/shadow" is a name
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 1 or len(words) > _LONG or _is_command(words) or _signs(text) > 1


def _signs(text: str) -> int:
    """How many things stand in it that machines write and people seldom type: paths, flags, addresses, hashes."""
    return sum(1 for _ in _SIGNS.finditer(text))


def _is_command(words: list[str]) -> bool:
    """A program with an argument that only a command line has.

    Bare words are not enough: ``vssadmin delete shadows`` and ``reg save sam`` are what people call a technique, and
    the look-up knows them.
    """
    first = words[0].rsplit("\\", 1)[-1].rsplit("/", 1)[-1].lower().strip("\"'")
    program, _, ending = first.rpartition(".")
    named = ending in ("exe", "com", "bat", "cmd", "ps1", "sh", "py") and bool(program)
    if not named and first not in _COMMANDS:
        return False
    rest = " ".join(words[1:])
    return _signs(rest) > 0 or (named and len(words) > 2)
