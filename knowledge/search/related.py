"""Plain words that stand for each other when people tell what an adversary did.

ATT&CK says *remove*, *discovery*, *removable media* where a person says *delete*, *list*, *usb stick*. A related word
counts for less than the word itself, so this widens what is found and seldom decides. What a whole phrase means is
the synonyms' business, not this table's. Common shortenings are here too, and count nearly as much as the word.
"""

from __future__ import annotations

from collections import defaultdict

from knowledge.search.words import stem

_ALIKE = """
    delete remove clear erase wipe purge destroy
    disable stop kill impair block deactivate prevent
    steal theft harvest grab loot stolen exfiltrate
    dump extract
    password credential passwd passphrase pwd
    login logon signin authentication
    create add new make register
    change modify edit alter manipulate tamper
    listen sniff eavesdrop intercept capture
    list enumerate discover find search query scan lookup check identify
    hide conceal hidden disguise
    send transmit transfer
    upload exfiltrate
    download ingress fetch retrieve
    fake spoof impersonate forge rogue bogus
    masquerade disguise pretend impersonate
    run execute launch start invoke
    crypto cryptocurrency bitcoin monero
    mine mining miner cryptomining
    mail email mailbox inbox
    pc computer host machine system workstation endpoint
    folder directory
    usb removable thumb stick
    phone mobile smartphone
    vm virtual virtualization
    wifi wireless
    website site web
    picture image photo
    guess brute
    record capture
    account user
    abuse exploit misuse
    inject implant
    persist persistence autostart survive
    escalate elevate
    chat message messaging
    admin administrator
    victim target
    spy monitor watch track
    reprogram program modify
    restart reboot
    backup recovery restore shadow
    ransom ransomware extortion
    script scripting
    poison taint
    see view
    operator view
    firewall filter
    rename masquerade
"""

_SHORT = """
    admin administrator
    app application
    auth authentication
    config configuration
    cred credential
    dir directory
    enum enumeration
    env environment
    esc escalation
    exec execution
    exfil exfiltration
    info information
    mem memory
    obfs obfuscation
    param parameter
    perm permissions
    priv privilege
    proc process
    pwd password
    pw password
    recon reconnaissance
    reg registry
    svc service
    sys system
    vuln vulnerability
"""


def _table() -> dict[str, tuple[str, ...]]:
    related: dict[str, set[str]] = defaultdict(set)
    for line in _ALIKE.strip().splitlines():
        stems = {stem(word) for word in line.split()}
        for word in stems:
            related[word] |= stems - {word}
    return {word: tuple(sorted(others)) for word, others in related.items()}


# Stems by stem.
RELATED = _table()
SHORT_FOR = {stem(short): stem(whole) for short, whole in (line.split() for line in _SHORT.strip().splitlines())}
