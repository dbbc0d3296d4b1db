"""Files in Slack, read for their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from knowledge.errors import KnowledgeError
from knowledge.mapping.documents import LARGEST, text_of

if TYPE_CHECKING:
    from slack_sdk import WebClient

_SECONDS = 15
_MOST = 5


class FileError(KnowledgeError, OSError):
    """A file that is too large, or that Slack did not hand over."""


def words_of_files(client: WebClient, files: list[dict[str, Any]]) -> str:
    """The words of up to five files, under each other.

    Args:
        client: Its token fetches them.
        files: Slack's file objects.

    Raises:
        FileError: Slack did not hand one over.
        DocumentError: One is too large or no text.
    """
    return "\n".join(_words(client, file) for file in files[:_MOST])


def _words(client: WebClient, file: dict[str, Any]) -> str:
    return text_of(name_of(file), bytes_of(client, file, LARGEST))


def name_of(file: dict[str, Any]) -> str:
    """What its owner calls it."""
    return str(file.get("name") or "file")


def bytes_of(client: WebClient, file: dict[str, Any], largest: int) -> bytes:
    """A file's content.

    Args:
        client: Its token fetches it.
        file: Slack's file object.
        largest: Bytes at most, by Slack's word and by what arrives.

    Raises:
        FileError: It is too large, or Slack did not hand it over.
    """
    name = name_of(file)
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if int(file.get("size") or 0) > largest:
        raise FileError(f"{name}: {int(file['size']) / 1e6:.1f} MB is too large; up to {largest / 1e6:.0f} MB is read.")
    if not _slacks_own(url, client.base_url):
        raise FileError(f"{name}: Slack gave no address of its own to read it from.")
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        # no redirects: the token must not follow one to another host
        with requests.get(url, headers=headers, timeout=_SECONDS, stream=True, allow_redirects=False) as answer:
            if answer.status_code != 200:
                raise FileError(
                    f"{name}: Slack did not hand it over (HTTP {answer.status_code}); may the bot read files?"
                )
            raw: bytes = answer.raw.read(largest + 1, decode_content=True)
    except requests.RequestException:
        raise FileError(f"{name}: Slack did not hand it over in time; try again.") from None
    if len(raw) > largest:
        raise FileError(f"{name}: it is too large; up to {largest / 1e6:.0f} MB is read.")
    return raw


def _slacks_own(url: str, api: str) -> bool:
    """Whether an address is the host the API is at, or one of Slack's: the token goes nowhere else."""
    parts, own = urlsplit(url), urlsplit(api)
    host = parts.hostname or ""
    if (parts.scheme, host, parts.port) == (own.scheme, own.hostname, own.port):
        return True
    return parts.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-files.com")))
