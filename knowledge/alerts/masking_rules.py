"""What a rule of masking is, and the shapes of values that the rules share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

PLACEHOLDERS = ("<user>", "<host>", "<address>", "<secret>", "<mail>", "<url>", "<hash>", "<phone>")
"""What stands in a masked text in place of what was taken out."""
MASKED = re.compile("|".join(PLACEHOLDERS))

_TAKEN = f"(?:{MASKED.pattern})"
_ENTITY = r"&(?:quot|apos|lt|gt|amp|#\d{1,5});"
QUOTED = (
    r"(?:\\{0,3}\"[^\"\n]{1,400}?\\{0,3}\"|\\{0,3}'[^'\n]{1,400}?\\{0,3}'"
    r"|&quot;[^\n]{1,400}?&quot;|&apos;[^\n]{1,400}?&apos;)"
)
"""A value in quotation marks, which may be escaped as they are in JSON within JSON or in XML."""
ARGUMENT = (
    rf"(?:{QUOTED}|(?!{_ENTITY})"
    rf"(?:[^\s\"'|<>;&\\]|\\(?![\"'\s])|;(?=[\w!@#$%^*])|&(?=[\w!@#$%^*])(?!{_ENTITY[1:]})|{_TAKEN}){{1,200}})"
)
"""One argument of a command line, quoted or not."""
SETTING = (
    rf"(?:{QUOTED}|(?:[^\s\"',;&<>|)\]}}\\]|\\(?![\"'])|{_TAKEN}"
    rf"|[,;&](?![\s\"'<>]|[\w .-]{{1,40}}[=:]|$)(?!(?<=&){_ENTITY[1:]})|[)\]}}](?=[\w!@#$%^*])){{1,400}})"
)
"""What is set to a key. A comma or semicolon belongs to it, unless another key or the end of the field follows."""

NAMED = r"(?:\\{0,3}[\"']|&quot;)?[ \t]{0,6}(?:=>|={1,2}|:(?![:/]|\\(?![\"'])))[ \t]{0,8}"
"""What stands between a key and what it is set to."""
NAMED_IN_XML = r"[\"']>"
"""The same in ``<Data Name="key">value</Data>``."""
_EMPTY = re.compile(
    r"(?:-+|\(null\)|null|none|nil|n/?a|true|false|yes|no|unknown|0x[0-9a-f]{1,16}|success|failure|security|krbtgt|\d{1,5}|\*{1,8})$|\d{1,6}\(|[$%*({\[@!]",
    re.IGNORECASE,
)
"""Values that name nobody: nothing, a number, a variable, a wildcard."""

FILE_ENDING = re.compile(
    r"\.(?:exe|dll|sys|ps1|psm1|bat|cmd|com|vbs|js|jse|hta|py|sh|jar|msi|txt|log|dmp|dit|zip|rar|7z|gz|docx?|docm|xlsx?"
    r"|xlsm|pptx?|pdf|lnk|iso|img|inf|sct|xml|json|ya?ml|toml|conf|cfg|ini|plist|so|ko|db|tmp|dat|bak|php|aspx?|jspx?"
    r"|tgz|tar|bz2|xz|deb|rpm|whl|apk|dmg|pkg|ova|vmdk|html?|css|service|timer|evtx|reg|cpl|scr|ocx|url|csv|rtf|eml|msg|pem|key|crt|cer|pfx|kdbx|hiv|save|cs|ts|go|rs)$",
    re.IGNORECASE,
)
"""What ends in one of these is a file and no machine or account."""
_GROUPS = re.compile(
    r"(?:[\w.<>-]{1,60}\\{1,4})?(?:(?:domain|enterprise|schema|key|dns|group policy|hyper-v|cert|backup|server|print"
    r"|account|remote|power|authenticated|protected|organization|exchange|performance|network|event|distributed)"
    r"\b[\w ]{0,30}"
    r"\b(?:admin(?:istrator)?s|operators|users|owners|publishers|subsystem|management|controllers|computers|guests|readers)"
    r"|dnsadmins|administrators|everyone)$",
    re.IGNORECASE,
)
"""Groups that every domain has; which of them was changed says what was done."""
_VARIABLE = r"\$[a-z_]\w{0,60}(?![^\s\"';|)&])"
_QUOTES = re.compile(r"(\\{0,3}[\"']|&quot;|&apos;)(.{0,400}?)(\\{0,3}[\"']|&quot;|&apos;)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MaskRule:
    """Something that is taken out wherever it is found.

    Attributes:
        pattern: Finds it. Every repetition is bounded, so that the time it takes grows with the length of the text.
        becomes: What stands there instead, as `re.sub` takes it. A function may give back what was found, unchanged.
    """

    pattern: re.Pattern[str]
    becomes: str | Callable[[re.Match[str]], str]

    def apply(self, text: str) -> str:
        """The text without it."""
        return self.pattern.sub(self.becomes, text)


def rule(pattern: str, becomes: str | Callable[[re.Match[str]], str]) -> MaskRule:
    """A rule whose pattern does not tell small letters from capitals."""
    return MaskRule(re.compile(pattern, re.IGNORECASE), becomes)


def in_quotes(value: str, label: str) -> str:
    """A value's replacement in the quotation marks the value had.

    What is masked already stays as it is; what is masked in part is masked whole only where it is a secret.
    """
    quoted = _QUOTES.fullmatch(value)
    inner = quoted[2] if quoted else value
    if MASKED.fullmatch(inner) or (label != "<secret>" and MASKED.search(inner)):
        return value
    return f"{quoted[1]}{label}{quoted[3]}" if quoted else label


def hide(label: str, unless: Callable[[str], bool] | None = None) -> Callable[[re.Match[str]], str]:
    """Replaces the group ``value`` of a match.

    Args:
        label: What stands there instead.
        unless: Says of a value, without its quotation marks, that it stays.
    """

    def replace(match: re.Match[str]) -> str:
        value = match["value"]
        if unless and unless(bare(value)):
            return match[0]
        start, end = match.start("value") - match.start(), match.end("value") - match.start()
        return f"{match[0][:start]}{in_quotes(value, label)}{match[0][end:]}"

    return replace


def within(command: str, *rules: MaskRule) -> MaskRule:
    """Rules that hold only for the arguments of certain programs, up to the end of the command.

    Args:
        command: A pattern for the programs' names, without extension.
        rules: What is taken out of their arguments.
    """

    def replace(match: re.Match[str]) -> str:
        arguments = match["arguments"]
        for each in rules:
            arguments = each.apply(arguments)
        return match["program"] + arguments

    return rule(
        rf"(?P<program>(?<![\w.-])(?:{command})(?:\.exe)?(?:\\?[\"']|&quot;)?)"
        r"(?P<arguments>\s(?:\\?\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|&(?:quot|apos);|[;&](?=[\w!@#$%^*])|[^\n|;&]){0,800}+)",
        replace,
    )


def switch(
    names: str, label: str, *, joined: str = r"(?:\s{1,5}|[:=])", unless: Callable[[str], bool] | None = None
) -> MaskRule:
    """A switch of a command line whose value is taken out.

    Args:
        names: A pattern for the switch, with its dash or slash.
        label: What stands there instead of the value.
        joined: A pattern for what stands between the two.
        unless: Says of a value that it stays.
    """
    return rule(
        rf"(?<![^\s\"'])(?:{names})(?>{joined})(?![-(\[]|{_VARIABLE})(?P<value>{ARGUMENT})", hide(label, unless)
    )


def bare(value: str) -> str:
    """A value without quotation marks."""
    quoted = _QUOTES.fullmatch(value)
    return quoted[2] if quoted else value


def names_nobody(value: str) -> bool:
    """Whether a value is no name of an account or a machine: empty, a number, a file, a group that every domain has."""
    return bool(_EMPTY.match(value) or FILE_ENDING.search(value) or _GROUPS.match(value)) or len(value) < 2
