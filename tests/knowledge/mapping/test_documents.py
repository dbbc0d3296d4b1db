"""Files become text: encodings, mails, and what is no text at all."""

from __future__ import annotations

import pytest

from knowledge.mapping.documents import LARGEST, DocumentError, text_of

MAIL = b"""From: Billing <pay@evil.example>
To: dana@example.com
Subject: =?utf-8?q?Invoice_=E2=84=96_7?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<html><head><style>p{}</style></head><body><p>Open
<a href="https://evil.example/x">the bill</a></p><script>x()</script></body></html>
--b
Content-Type: application/zip; name="bill.zip"
Content-Disposition: attachment; filename="bill.zip"
Content-Transfer-Encoding: base64

UEsDBA==
--b--
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_its_encoding(encoding: str) -> None:
    assert text_of("alert.txt", "whoami – ünï".encode(encoding)) == "whoami – ünï"


@pytest.mark.parametrize("name", ["alert.eml", "no-ending"])
def test_a_mail_is_its_subject_people_words_links_and_attachments(name: str) -> None:
    text = text_of(name, MAIL)

    assert "Subject: Invoice № 7" in text
    assert "https://evil.example/x" in text
    assert "the bill" in text
    assert "Attachment: bill.zip" in text
    assert "x()" not in text
    assert "p{}" not in text


@pytest.mark.parametrize("raw", [b"\x7fELF" + bytes(range(256)) * 40, b"\0" * 50, b"\xff\xd8\xff\xe0" + bytes(999)])
def test_what_is_no_text_is_refused_in_one_sentence(raw: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^sample\.bin: this is no text; .* can be mapped\.$"):
        text_of("sample.bin", raw)


def test_a_file_over_a_megabyte_is_refused() -> None:
    with pytest.raises(DocumentError, match="too large"):
        text_of("big.txt", b"a" * (LARGEST + 1))


@pytest.mark.parametrize(
    "raw", [b"", b"Subject: \n\n", b"Content-Type: text/plain; charset=nonsense\nSubject: x\n\nbody"]
)
def test_a_broken_mail_is_still_text(raw: bytes) -> None:
    assert isinstance(text_of("x.eml", raw), str)
