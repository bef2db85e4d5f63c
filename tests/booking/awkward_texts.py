"""Texts that have broken programs."""

AWKWARD = (
    "Robert'); DROP TABLE booking_request;--",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "[bold red]Ann[/]",
    "Zoë Ångström 🩺👩‍⚕️",
    "أمل محمد",
    "a\nb\r\nc\td",
    "{clinic_phone} ${HOME} %s {{7*7}}",
    "\x1b[31mred\x1b[0m",
    "half a character \ud83d",
    "x" * 500,
    " ",
)  # fmt: skip
