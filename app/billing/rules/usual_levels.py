"""The usual levels of reminders: when they come, and their subjects and texts in each language of papers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.languages import Language

USUAL_TEXTS = {
    Language.ENGLISH: (
        (
            "Reminder: {invoices} of {consortium}",
            (
                "Dear {person},\n\nperhaps it escaped your notice that {total} is open on the invoices below. If"
                " you have paid meanwhile, please take no notice of this letter; otherwise we ask you to pay within"
                " the next days."
            ),
        ),
        (
            "Second reminder: {invoices} of {consortium}",
            (
                "Dear {person},\n\nwe have reminded you already, and {total} is still open, {days} days after it"
                " was due. Please pay it now, or tell us what keeps you from it."
            ),
        ),
        (
            "Last reminder: {invoices} of {consortium}",
            (
                "Dear {person},\n\nin spite of our reminders {total} is open, for {days} days now. Please pay"
                " within ten days. After that we shall have to lay the matter before the finance committee of"
                " {consortium}."
            ),
        ),
    ),
    Language.GERMAN: (
        (
            "Zahlungserinnerung: {invoices} von {consortium}",
            (
                "Guten Tag {person},\n\nvielleicht ist Ihnen entgangen, dass auf den unten genannten Rechnungen"
                " {total} offen sind. Haben Sie inzwischen gezahlt, so betrachten Sie dieses Schreiben bitte als"
                " gegenstandslos; sonst bitten wir Sie, in den nächsten Tagen zu zahlen."
            ),
        ),
        (
            "Zweite Mahnung: {invoices} von {consortium}",
            (
                "Guten Tag {person},\n\nwir haben Sie schon erinnert, und {days} Tage nach der Fälligkeit sind"
                " {total} noch offen. Bitte zahlen Sie jetzt, oder sagen Sie uns, was Sie daran hindert."
            ),
        ),
        (
            "Letzte Mahnung: {invoices} von {consortium}",
            (
                "Guten Tag {person},\n\ntrotz unserer Mahnungen sind {total} seit {days} Tagen offen. Bitte zahlen"
                " Sie innerhalb von zehn Tagen. Danach müssen wir die Sache dem Finanzausschuss von {consortium}"
                " vorlegen."
            ),
        ),
    ),
    Language.FRENCH: (
        (
            "Rappel\u00a0: {invoices} de {consortium}",
            (
                "Bonjour {person},\n\npeut-être vous a-t-il échappé que {total} restent à payer sur les factures"
                " ci-dessous. Si vous avez payé entre-temps, veuillez ne pas tenir compte de cette lettre\u00a0;"
                " sinon, nous vous prions de payer dans les prochains jours."
            ),
        ),
        (
            "Deuxième rappel\u00a0: {invoices} de {consortium}",
            (
                "Bonjour {person},\n\nnous vous avons déjà adressé un rappel, et {total} restent à payer, {days}"
                " jours après l’échéance. Veuillez payer maintenant, ou nous dire ce qui vous en empêche."
            ),
        ),
        (
            "Dernier rappel\u00a0: {invoices} de {consortium}",
            (
                "Bonjour {person},\n\nmalgré nos rappels, {total} restent à payer depuis {days} jours. Veuillez"
                " payer dans les dix jours. Passé ce délai, nous devrons soumettre l’affaire au comité financier de"
                " {consortium}."
            ),
        ),
    ),
}
USUAL_DAYS = (7, 21, 42)


@dataclass(frozen=True)
class LevelTerms:
    """A level: how many days after the due day it comes, its subject and text, and its fee in minor units."""

    days_after_due: int
    subject: str
    text: str
    fee_minor: int = 0

    def spoken(self, language: Language) -> LevelTerms | None:
        """The level in a language, where its words are the usual ones; None where somebody wrote its own."""
        words = (self.subject, self.text)
        for usual in USUAL_TEXTS.values():
            if words in usual:
                subject, text = USUAL_TEXTS[language][usual.index(words)]
                return replace(self, subject=subject, text=text)
        return None


USUAL_LEVELS = tuple(
    LevelTerms(days, subject, text)
    for days, (subject, text) in zip(USUAL_DAYS, USUAL_TEXTS[Language.ENGLISH], strict=True)
)
