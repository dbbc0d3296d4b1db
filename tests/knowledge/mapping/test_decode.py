"""Encoded runs are decoded, within bounds."""

from __future__ import annotations

import base64
import gzip

from knowledge.mapping.decode import MAX_RUNS, decoded_parts


def encoded(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def test_what_powershell_takes_is_decoded_where_it_stands() -> None:
    run = encoded("vssadmin delete shadows /all", "utf-16-le")
    text = f"powershell -enc {run} -nop"
    [part] = decoded_parts(text)
    assert text[part.start : part.end] == run
    assert part.text == "vssadmin delete shadows /all"


def test_a_run_within_a_run_is_decoded_too() -> None:
    inner = encoded("vssadmin delete shadows /all")
    [part] = decoded_parts(encoded(f"powershell -enc {inner} and more"))
    assert "vssadmin delete shadows" in part.text


def test_a_compressed_run_is_decoded() -> None:
    run = base64.b64encode(gzip.compress(b"vssadmin delete shadows /all /quiet", mtime=0)).decode()
    assert decoded_parts(run)[0].text == "vssadmin delete shadows /all /quiet"


def test_hex_is_decoded() -> None:
    assert decoded_parts(b"delete all shadows".hex())[0].text == "delete all shadows"


def test_a_long_word_or_noise_decodes_to_nothing() -> None:
    assert decoded_parts("internationalisationistheword and " + base64.b64encode(bytes(range(128, 200))).decode()) == ()


def test_only_so_many_runs_are_tried() -> None:
    text = " ".join(encoded(f"delete the shadow copy number {n}") for n in range(MAX_RUNS * 3))
    assert len(decoded_parts(text)) == MAX_RUNS
