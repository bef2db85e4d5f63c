"""From the targets of clinic.yml to adapters that deliver to them."""

from __future__ import annotations

import os
from typing import Callable, Mapping
from urllib.parse import urlsplit

from backtalk.booking.delivery.adapter import Adapter
from backtalk.booking.delivery.email import Email, Letterhead
from backtalk.booking.delivery.fhir import Fhir
from backtalk.booking.delivery.secrets import fhir_token, smtp_server, webhook_secrets
from backtalk.booking.delivery.webhook import Webhook
from backtalk.clinic import Clinic
from backtalk.handoff import Target, TargetKind


def make_adapters(
    clinic: Clinic, public_url: str | None, environment: Mapping[str, str] = os.environ
) -> dict[str, Adapter]:
    """An adapter for each target, by name. Raises SettingsError for a secret that is missing or bad."""
    names = tuple(clinic.handoff.targets)

    def email(target: Target) -> Adapter:
        desk = f"{public_url}/desk" if public_url else None
        letterhead = Letterhead(clinic.name, clinic.timezone, desk)
        return Email(target.to or "", smtp_server(clinic.email, environment), letterhead)

    def webhook(target: Target) -> Adapter:
        return Webhook(target.url or "", webhook_secrets(target, names, environment))

    def fhir(target: Target) -> Adapter:
        return Fhir(target.url or "", reference_system(clinic), fhir_token(target, names, environment))

    makers: dict[TargetKind, Callable[[Target], Adapter]] = {
        TargetKind.EMAIL: email,
        TargetKind.WEBHOOK: webhook,
        TargetKind.FHIR: fhir,
    }
    return {target.name: makers[target.kind](target) for target in clinic.handoff.deliver}


def reference_system(clinic: Clinic) -> str:
    """The URI that makes this clinic's references differ from those of another on the same FHIR server."""
    return f"https://{urlsplit(clinic.privacy_url).netloc}/backtalk/booking-reference"
