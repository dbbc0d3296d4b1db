"""The nouns of a pasted alert, frozen: the records in it, their fields, and what part each field plays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What part a field plays in an alert, whatever its product calls it."""

    TITLE = "title"
    """What the alert is called: ``AlertDisplayName``, ``kibana.alert.rule.name``."""
    DESCRIPTION = "description"
    """A sentence or more about it."""
    MESSAGE = "message"
    """Free text of the system itself: a syslog message, a rendered event."""
    ACTION = "action"
    """What was done, as the system names it: an API, an operation, an event id, a finding type, a signature."""
    COMMAND = "command"
    """A command line."""
    PROCESS = "process"
    """The program that acted."""
    PARENT = "parent"
    """The program that started it, or its command line."""
    TARGET = "target"
    """What was acted on: another process, a resource, a service, a group, a bucket."""
    SCRIPT = "script"
    """The text of a script, such as a PowerShell script block."""
    FILE = "file"
    """A path or a file's name."""
    REGISTRY = "registry"
    """A registry key, value or the data set."""
    URL = "url"
    """A link, a request line, a queried domain."""
    USER_AGENT = "user_agent"
    """What a client said it was."""
    RULE = "rule"
    """The name or id of the detection rule that fired."""
    TECHNIQUE = "technique"
    """ATT&CK ids or names that the vendor wrote."""
    USER = "user"
    """A person or an account. Who did it says nothing of what was done, and is masked."""
    HOST = "host"
    """A machine. Masked, and shown as where it happened."""
    ADDRESS = "address"
    """An address of a network. Masked."""
    SECRET = "secret"  # noqa: S105 - the name of a role
    """A password, a token, a key. Masked, and never read as words."""
    DETAIL = "detail"
    """Anything else: read, and weighed by how telling its words are."""
    NOISE = "noise"
    """Times, ids, sizes, versions, schema addresses, names of products. Never evidence."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record.

    Attributes:
        path: Names from the outside in, joined by dots, as the record writes them, list indices left out:
            ``Event.EventData.CommandLine``, ``requestParameters.userName``. Of XML ``<Data Name="X">v</Data>`` the
            name is ``X``. Empty for text that belongs to no field.
        value: What it says, with escapes undone.
        start: Where the value stands in the paste, in characters: ``paste[start:end]`` is it as written, without
            quotation marks, with its escapes.
        end: Where that ends, exclusive.
        role: What part it plays.
    """

    path: str
    value: str
    start: int
    end: int
    role: Role = Role.DETAIL


@dataclass(frozen=True, slots=True)
class Record:
    """One event, finding, line or paragraph of a paste.

    Attributes:
        format: The reader that understood it: ``json``, ``windows_xml``, ``cef``, ``syslog``, …; ``prose`` for text.
        fields: In the order they stand in the paste. Prose is one field of `Role.MESSAGE` without a path.
        start: Where the record starts in the paste.
        end: Where it ends, exclusive.
        product: The key of its product in the fields file, such as ``aws_cloudtrail``; empty when unknown.
        product_name: The same as a person reads it: ``AWS CloudTrail``.
    """

    format: str
    fields: tuple[Field, ...]
    start: int
    end: int
    product: str = ""
    product_name: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A paste, read.

    Attributes:
        text: The paste, whole.
        records: What it holds, in order; none for an empty paste.
        truncated: Whether it was longer, deeper or had more records than what is read.
    """

    text: str
    records: tuple[Record, ...]
    truncated: bool = False

    @property
    def is_prose(self) -> bool:
        """Whether there is nothing but text in it."""
        return all(record.format == "prose" for record in self.records)
