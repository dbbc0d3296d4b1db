"""Secrets, users and hosts among the arguments of programs.

``-p`` is a password to one program, a port to the next and a folder to a third, so a switch counts by the program it
belongs to. The switches are those of the programs' own documentation.
"""

# ruff: noqa: E501 # a pattern cut into lines is harder to read than a long one

from __future__ import annotations

import re

from knowledge.alerts.masking_rules import ARGUMENT, MASKED, MaskRule, hide, in_quotes, rule, switch, within

_JOINED = r"\s{0,3}"
"""A switch whose value may follow it without a space."""
_GLUED = ""
_COLON = r":\s{0,1}"
_SHARE = r"(?:\\{2,4}|//)[^\s\"']{1,200}"
_ACCOUNT_TYPES = re.compile(r"(?:\d{1,5}|system|local ?service|network ?service|administrator|root)$", re.IGNORECASE)

_BY_SWITCH = (
    switch(
        r"--(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|pass|pwd|token|secret|api-?key|access-?key|secret-?key"
        r"|auth-?key|account-?key|sas-token|client-?secret|bearer)",
        "<secret>",
        joined=r"(?:\s{1,5}|=)",
    ),
    switch(
        r"[-/](?:password|passphrase|pass|pwd|pw|asplaintext|apikey|api_key|token|secret|clientsecret|accesskey"
        r"|accesstoken|accountkey|connectionstring|sastoken|newpassword|oldpassword|accountpassword|smbpass)",
        "<secret>",
        joined=r"(?:\s{1,5}|[:=])(?:pass:)?",
    ),
    switch(r"[-/]passwd", "<secret>", joined=r"(?:\s{1,5}(?!/)|[:=])"),
    switch(r"/(?:rp|credpassword|oldpassword|newpass|ticket|rc4|aes128|aes256|ntlm|hash)", "<secret>", joined=_COLON),
    switch(
        r"/(?:user|ru|creduser|runas|impersonateuser|account)",
        "<user>",
        joined=_COLON,
        unless=lambda value: value.lower().endswith("krbtgt"),
    ),
    switch(r"/(?:node|dc|computer|computername|server)", "<host>", joined=r"[:=]"),
    switch(
        r"--?(?:username|user-name|login-name|samaccountname|userprincipalname|members?|mailbox|credential|accountname)",
        "<user>",
    ),
    rule(rf"(?<![^\s\"'])(?-i:-User)\s{{1,5}}(?![-$(\[@])(?P<value>{ARGUMENT})", hide("<user>")),
    rule(rf"(?<![^\s\"'])--user=(?P<value>{ARGUMENT})", hide("<user>")),
    rule(
        rf"(?<![^\s\"'])-(?:computername|cn|vmname|servername|vmhost)\s{{1,5}}(?![-$(\[@.])(?P<value>{ARGUMENT})",
        hide("<host>", unless=lambda value: value.lower() == "localhost"),
    ),
    rule(
        r"(?<![^\s\"'])--(?:hostname|host|server-name|computer-name)[ =](?!-)(?P<value>[\w.-]{2,200})", hide("<host>")
    ),
)
"""Switches that mean the same to every program that has them."""


def _net_user(match: re.Match[str]) -> str:
    """``net user NAME PASSWORD /add``: the first and second words that are no switch."""
    labels = iter(("<user>", "<secret>"))

    def replace(word: re.Match[str]) -> str:
        if word[0].startswith("/") or word[0] == "*" or MASKED.fullmatch(word[0]):
            if MASKED.fullmatch(word[0]):
                next(labels, "")
            return word[0]
        label = next(labels, "")
        return in_quotes(word[0], label) if label else word[0]

    return match["program"] + re.sub(rf"{MASKED.pattern}|{ARGUMENT}", replace, match["arguments"])


_NET = (
    rule(
        r"(?P<program>(?<![\w.-])net1?(?:\.exe)?(?:\\?[\"'])?\s{1,5}users?\b)(?P<arguments>(?:[ \t]{1,5}(?![|;&,])"
        rf"(?:{MASKED.pattern}|{ARGUMENT})){{1,12}})",
        _net_user,
    ),
    rule(
        r"(?<![\w.-])net1?(?:\.exe)?(?:\\?[\"'])?\s{1,5}(?:localgroup|group)\s{1,5}"
        rf"(?!/){ARGUMENT}\s{{1,5}}(?!/)(?P<value>{ARGUMENT})(?=[^\n|;&]{{0,60}}/(?:add|delete))",
        hide("<user>"),
    ),
    rule(
        r"(?<![\w.-])net1?(?:\.exe)?(?:\\?[\"'])?\s{1,5}use\s{1,5}(?:(?:[a-z]:|\*)\s{1,5})?"
        rf"(?:\\?\"(?:\\{{2,4}}|//)[^\"\n]{{1,200}}\"|{_SHARE})(?:\s{{1,5}}/user:(?:{MASKED.pattern}|{ARGUMENT}))?\s{{1,5}}(?![/*])"
        rf"(?P<value>{ARGUMENT})",
        hide("<secret>"),
    ),
)

_WINDOWS = (
    within(
        r"psexec(?:64|svc)?|paexec|remcom|csexec",
        switch(r"[-/]u", "<user>", joined=r"\s{1,3}"),
        switch(r"[-/]p", "<secret>", joined=r"\s{1,3}"),
    ),
    within(
        "schtasks",
        switch("/p|/rp", "<secret>", joined=r"\s{1,3}(?!/|\*)"),
        rule(
            rf"(?<!\S)/(?:ru|u)\s{{1,3}}(?!/)(?P<value>{ARGUMENT})",
            hide("<user>", unless=lambda value: bool(_ACCOUNT_TYPES.search(value))),
        ),
        switch("/s", "<host>", joined=r"\s{1,3}(?!/)"),
    ),
    within(
        "systeminfo|tasklist|taskkill|driverquery|getmac|eventcreate|reg",
        switch("/p", "<secret>", joined=r"\s{1,3}(?!/|\*)"),
    ),
    within(
        "sqlcmd|osql|bcp|isql",
        rule(rf"(?<!\S)(?-i:-P)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<secret>")),
        rule(rf"(?<!\S)(?-i:-U)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<user>")),
        rule(rf"(?<!\S)(?-i:-S)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<host>")),
    ),
    within("cmdkey", switch("/add|/generic|/delete", "<host>", joined=_COLON)),
    within(
        "winrs",
        switch("[-/]u|[-/]username", "<user>", joined=_COLON),
        switch("[-/]p", "<secret>", joined=_COLON),
        switch("[-/]r|[-/]remote", "<host>", joined=_COLON),
    ),
    within("mstsc", switch("/v", "<host>", joined=_COLON)),
    within("sc", switch("password=", "<secret>", joined=_JOINED)),
    within("netsh", switch("key=|keymaterial=|password=", "<secret>", joined=_JOINED)),
    within(
        "bitsadmin",
        rule(
            rf"/setcredentials(?:\s{{1,3}}{ARGUMENT}){{3}}\s{{1,3}}(?P<value>{ARGUMENT}\s{{1,3}}{ARGUMENT})",
            hide("<secret>"),
        ),
    ),
    within("autologon|net1?\\s+computer", switch("/p", "<secret>")),
    rule(
        rf"ConvertTo-SecureString\s{{1,4}}(?:-(?:String|AsPlainText|Force)\s{{1,4}}){{0,3}}+(?![-$(<])(?P<value>{ARGUMENT})",
        hide("<secret>"),
    ),
    rule(
        rf"PSCredential\s{{0,4}}(?:-ArgumentList\s{{1,4}})?\(?\s{{0,4}}(?![-$(<])(?P<value>{ARGUMENT})(?=\s{{0,4}},)",
        hide("<user>"),
    ),
    rule(
        rf"NetworkCredential\s{{0,4}}\(\s{{0,4}}(?:{MASKED.pattern}|{ARGUMENT})\s{{0,4}},\s{{0,4}}(?P<value>{ARGUMENT})",
        hide("<secret>"),
    ),
    rule(rf"NetworkCredential\s{{0,4}}\(\s{{0,4}}(?P<value>{ARGUMENT})(?=\s{{0,4}},)", hide("<user>")),
)

_DATABASES_AND_ARCHIVES = (
    within(
        r"mysql|mysqldump|mysqladmin|mysqlimport|mysqlshow|mariadb|mariadb-dump",
        rule(rf"(?<!\S)(?-i:-p)(?P<value>{ARGUMENT})", hide("<secret>")),
        rule(rf"(?<!\S)(?-i:-u)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<user>")),
        rule(
            r"(?<!\S)(?-i:-h)\s{0,3}(?!-)(?P<value>[\w.-]{2,200})",
            hide("<host>", unless=lambda value: value == "localhost"),
        ),
    ),
    within(
        r"mongo|mongosh|mongodump|mongoexport|mongorestore",
        switch("-p", "<secret>", joined=r"\s{1,3}"),
        switch("-u", "<user>", joined=r"\s{1,3}"),
    ),
    within(
        "psql|pg_dump|pg_dumpall|pg_restore|createdb",
        rule(rf"(?<!\S)(?-i:-U)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<user>")),
        rule(
            r"(?<!\S)(?-i:-h)\s{0,3}(?!-)(?P<value>[\w.-]{2,200})",
            hide("<host>", unless=lambda value: value == "localhost"),
        ),
    ),
    within("rclone", rule(rf"\bpass\s{{1,3}}(?P<value>{ARGUMENT})", hide("<secret>"))),
    within(r"certutil|pvk2pfx|signtool", switch("[-/]p", "<secret>", joined=r"\s{1,3}")),
    within(
        "reg",
        rule(
            rf"/v\s{{1,3}}\"?\w{{0,40}}passw(?:or)?d\"?\s[^\n|;&]{{0,60}}?/d\s{{1,3}}(?P<value>{ARGUMENT})",
            hide("<secret>", unless=str.isdecimal),
        ),
    ),
    within("snmp(?:walk|get|bulkwalk|set)", rule(rf"(?<!\S)(?-i:-c)\s{{0,3}}(?P<value>{ARGUMENT})", hide("<secret>"))),
    within("redis-cli", rule(rf"(?<!\S)(?-i:-a)\s{{1,3}}(?P<value>{ARGUMENT})", hide("<secret>"))),
    within(
        r"ldapsearch|ldapmodify|ldapadd|ldapdelete|ldappasswd",
        rule(rf"(?<!\S)(?-i:-w)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<secret>")),
        rule(rf"(?<!\S)(?-i:-D)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<user>")),
        rule(rf"(?<!\S)(?-i:-s)\s{{1,3}}(?!-|base|one|sub|children)(?P<value>{ARGUMENT})", hide("<secret>")),
    ),
    within(r"7z|7za|7zr|7zz|7zip", switch("-p", "<secret>", joined=_GLUED)),
    within(r"rar|winrar|unrar", switch("-hp|-p", "<secret>", joined=_GLUED)),
    within(r"zip|unzip|zipcloak", rule(rf"(?<!\S)(?-i:-P)\s{{0,3}}(?!-)(?P<value>{ARGUMENT})", hide("<secret>"))),
    within(
        "openssl",
        switch("-passin|-passout|-pass", "<secret>", joined=r"\s{1,3}(?:pass:)?"),
        rule(rf"(?<!\S)-k\s{{1,3}}(?!-)(?P<value>{ARGUMENT})", hide("<secret>")),
    ),
)

_UNIX_AND_TOOLS = (
    within(
        "curl",
        rule(
            rf"(?<!\S)(?:(?-i:-u)\s{{0,3}}|--user[ =]|(?-i:-U)\s{{0,3}}|--proxy-user[ =])(?!-)(?P<value>{ARGUMENT})",
            hide("<secret>"),
        ),
    ),
    within("wget", switch("--(?:http|ftp|proxy)-user|--user", "<user>", joined="[= ]")),
    within("sshpass", rule(rf"^\s{{1,3}}(?:-v\s{{1,3}})?(?-i:-p)\s{{0,3}}(?P<value>{ARGUMENT})", hide("<secret>"))),
    within(
        r"plink|pscp|psftp|kitty",
        switch("-pw", "<secret>", joined=r"\s{1,3}"),
        switch("-l", "<user>", joined=r"\s{1,3}"),
    ),
    within(
        r"ssh|scp|sftp|rsync|ssh-copy-id|plink|pscp",
        rule(r"(?<![\w.@-])[\w.-]{1,64}@[\w.-]{1,200}", "<user>@<host>"),
        rule(rf"(?<!\S)(?-i:-l)\s{{1,3}}(?!-)(?P<value>{ARGUMENT})", hide("<user>")),
    ),
    within(
        r"smbclient|rpcclient|winexe|pth-\w{2,20}|smbmap|wmiexec|nmblookup|net(?=\s{1,3}(?:rpc|ads))",
        switch("-u|--user", "<secret>", joined=r"[ =]{0,3}"),
        rule(rf"(?<!\S)(?-i:-p)\s{{1,3}}(?P<value>{ARGUMENT})", hide("<secret>", unless=str.isdecimal)),
    ),
    within(
        r"crackmapexec|cme|netexec|nxc|evil-winrm|kerbrute|bloodhound-python|certipy|hydra|medusa|ncrack|sprayhound",
        rule(rf"(?<!\S)(?-i:-p|-H)\s{{1,3}}(?!-)(?P<value>{ARGUMENT})", hide("<secret>")),
        rule(rf"(?<!\S)(?-i:-u|-l)\s{{1,3}}(?!-)(?P<value>{ARGUMENT})", hide("<user>")),
    ),
    within(
        r"(?:impacket-)?(?:secretsdump|psexec|wmiexec|smbexec|atexec|dcomexec|getuserspns|getnpusers|gettgt|getst|ticketer|mssqlclient|smbclient|lookupsid|reg|addcomputer)(?:\.py)?",
        rule(r"(?<![^\s\"'])(?:[\w.-]{1,64}/)?[\w.$-]{1,64}:[^\s\"'<>]{1,200}@(?=[\w.<-])", "<user>:<secret>@"),
        switch("-hashes", "<secret>", joined=r"\s{1,3}"),
    ),
    within(
        r"xfreerdp|wfreerdp|rdesktop",
        switch("/p", "<secret>", joined=_COLON),
        switch("/u", "<user>", joined=_COLON),
        switch("/v", "<host>", joined=_COLON),
        switch("/pth", "<secret>", joined=_COLON),
        switch("-p", "<secret>", joined=r"\s{1,3}"),
        switch("-u", "<user>", joined=r"\s{1,3}"),
    ),
    within(
        r"(?:docker|podman|nerdctl|helm registry|az|oc|cf|buildah|skopeo)(?:\s{1,3}(?:acr|registry))?\s{1,3}login",
        switch("-p", "<secret>", joined=r"\s{1,3}"),
        switch("-u", "<user>", joined=r"\s{1,3}"),
    ),
    within(
        "htpasswd",
        rule(
            rf"-[a-z]{{0,4}}b[a-z]{{0,4}}\s{{1,3}}{ARGUMENT}\s{{1,3}}{ARGUMENT}\s{{1,3}}(?P<value>{ARGUMENT})",
            hide("<secret>"),
        ),
    ),
    within(
        "security",
        rule(rf"unlock-keychain\s[^\n]{{0,40}}?-p\s{{1,3}}(?P<value>{ARGUMENT})", hide("<secret>")),
        rule(
            rf"(?<!\S)(?-i:-w)\s{{1,3}}(?!-)(?P<value>{ARGUMENT})",
            hide("<secret>", unless=lambda value: value.startswith("/")),
        ),
    ),
    within("dscl", rule(rf"-passwd\s{{1,3}}{ARGUMENT}\s{{1,3}}(?P<value>{ARGUMENT})", hide("<secret>"))),
    within("sysadminctl", switch("-adduser|-deleteuser|-resetpasswordfor", "<user>", joined=r"\s{1,3}")),
    within("vault", rule(r"login\s{1,3}(?!-)(?P<value>[\w.=-]{8,200})", hide("<secret>"))),
    within(
        "aws",
        rule(
            rf"configure\s{{1,3}}set\s{{1,3}}[\w.-]{{0,40}}(?:secret|token|key)[\w.-]{{0,20}}\s{{1,3}}(?P<value>{ARGUMENT})",
            hide("<secret>"),
        ),
    ),
    within(
        "setx",
        rule(
            rf"[\w-]{{0,40}}(?:passw(?:or)?d|pwd|secret|token|api_?key)\w{{0,4}}\s{{1,3}}(?P<value>{ARGUMENT})",
            hide("<secret>"),
        ),
    ),
    rule(
        rf"\becho\s{{1,3}}(?:-[ne]{{1,2}}\s{{1,3}})?(?P<value>{ARGUMENT})(?=\s{{0,3}}\|\s{{0,3}}(?:sudo\s{{1,3}})?(?:-S\s{{1,3}})?(?:/usr)?(?:/s?bin/)?(?:chpasswd|passwd|smbpasswd))",
        hide("<secret>"),
    ),
    rule(
        rf"\becho\s{{1,3}}(?:-[ne]{{1,2}}\s{{1,3}})?(?P<value>{ARGUMENT})(?=\s{{0,3}}\|\s{{0,3}}sudo\s{{1,3}}-S)",
        hide("<secret>"),
    ),
    within("useradd|usermod|adduser", rule(rf"(?<!\S)(?-i:-p)\s{{1,3}}(?!-)(?P<value>{ARGUMENT})", hide("<secret>"))),
    rule(
        r"(?<![\w./-])(?:useradd|adduser|userdel|deluser|usermod|passwd|chage|gpasswd)"
        r"(?:\s{1,3}-{1,2}[\w-]{1,20}(?:[ =](?!-)[^\s\"'<>|;&]{1,80}(?=\s))?){0,8}\s{1,3}(?P<value>[a-z_][\w.-]{0,31}\$?)(?=[\"'\\;&|]|\s{0,3}$|\s{1,3}[&|;])",
        hide("<user>"),
    ),
    rule(
        r"(?<![\w./-])sudo\s[^\n|;&]{0,40}?-u\s{0,3}(?P<value>[a-z_][\w.-]{1,31})\b",
        hide("<user>", unless=lambda value: value == "root"),
    ),
)

COMMAND_RULES: tuple[MaskRule, ...] = (*_NET, *_WINDOWS, *_DATABASES_AND_ARCHIVES, *_UNIX_AND_TOOLS, *_BY_SWITCH)
"""In the order in which they are applied: what belongs to one program goes first."""
