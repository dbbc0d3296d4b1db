"""Which domains' techniques a text may show: enterprise, and mobile or industrial systems where it speaks of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.index import Corpus
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import stem
from knowledge.model import Domain

_MOBILE = """
android iphone ipad ios apk smartphone imei imsi sms adb smishing jailbreak jailbroken sideload whatsapp testflight ipa
"""
_ICS = """
plc plcs scada hmi modbus dnp3 opc historian rtu s7comm profinet iec-104 iec61850 goose bacnet fieldbus tristation
codesys simatic setpoint substation breaker actuator
"""
_SPEAKS_OF = {
    domain: frozenset(stem(word) for word in text.split())
    for domain, text in ((Domain.MOBILE, _MOBILE), (Domain.ICS, _ICS))
}
_ENOUGH = 2
"""So many mentions open a domain; one sure word in a short text could be chance."""


def allowed_techniques(corpus: Corpus, reading: Reading, domain: Domain | None) -> NDArray[np.bool_]:
    """For each technique whether it may be answered.

    Args:
        corpus: Says which domain each belongs to.
        reading: The text.
        domain: Only this one, where the asker said so.
    """
    order = list(Domain)
    if domain is not None:
        wanted = {domain}
    else:
        wanted = {Domain.ENTERPRISE} | {
            each for each, words in _SPEAKS_OF.items() if _mentions(reading, words) >= _ENOUGH
        }
    found: NDArray[np.bool_] = np.isin(corpus.domains, [order.index(each) for each in wanted])
    return found if domain is not None or found.any() else np.ones(len(corpus.domains), bool)


def _mentions(reading: Reading, wanted: frozenset[str]) -> int:
    return sum(not wanted.isdisjoint(forms) for forms in reading.forms)
