import { counted } from './counted.de.ts';
import type { AccountTexts } from './accounts.en.ts';

export const accounts: AccountTexts = {
  signIn: {
    title: 'Anmelden',
    usernameOrEmail: 'Benutzername oder E-Mail',
    submit: 'Anmelden',
    forgot: 'Passwort vergessen?',
    register: 'Noch kein Konto? Registrieren',
    byPassword: 'Mit Passwort anmelden',
    options: 'Weitere Anmeldemöglichkeiten',
    leave: 'Weiter zur Anmeldung',
    by: (option) => `Anmelden mit ${option}`,
  },
  chooseUsername: {
    title: 'Benutzernamen wählen',
    text: 'Fast fertig. Wählen Sie innerhalb der nächsten zehn Minuten einen Benutzernamen für dieses Portal.',
    submit: 'Anmelden',
  },
  register: {
    title: 'Registrieren',
    submit: 'Registrieren',
    nameHint: 'Mit diesem Namen sprechen wir Sie an.',
    signIn: 'Schon ein Konto? Anmelden',
  },
  forgot: {
    title: 'Passwort vergessen?',
    text: 'Geben Sie Ihre E-Mail-Adresse ein. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort festlegen.',
    submit: 'Link schicken',
    back: 'Zurück zur Anmeldung',
  },
  invitation: {
    title: 'Passwort wählen',
    text: (portal, username) =>
      `Sie wurden zu ${portal} eingeladen. Wählen Sie ein Passwort für Ihr Konto „${username}“.`,
    again: 'Bitten Sie die Person, die Sie eingeladen hat, um eine neue Einladung.',
    submit: 'Passwort festlegen und anmelden',
    signIn: 'Haben Sie schon ein Passwort gewählt? Anmelden',
    usedTitle: 'Sie haben diese Einladung bereits angenommen',
  },
  reset: {
    title: 'Neues Passwort festlegen',
    text: (username) => `Wählen Sie ein neues Passwort für Ihr Konto „${username}“.`,
    submit: 'Passwort festlegen',
    again: 'Neuen Link anfordern',
  },
  deadLink: {
    title: 'Dieser Link gilt nicht mehr',
    text: 'Er wurde schon benutzt, durch einen neueren ersetzt oder ist abgelaufen.',
  },
  verify: {
    title: 'E-Mail-Adresse bestätigen',
    text: (email, username) => `Bestätigen Sie, dass ${email} zu Ihrem Konto „${username}“ gehört.`,
    submit: 'Bestätigen',
    usedTitle: 'Ihre E-Mail-Adresse ist schon bestätigt',
    again: 'Melden Sie sich an, um einen neuen Link zu erhalten.',
  },
  undoEmail: {
    title: 'E-Mail-Adresse behalten',
    text: 'Ihr Konto behält diese Adresse, und Sie werden überall abgemeldet. Legen Sie danach ein neues Passwort fest, denn vielleicht kennt jemand Ihr bisheriges.',
    submit: 'Diese Adresse behalten',
  },
  changePassword: {
    title: 'Passwort ändern',
    must: 'Sie haben sich mit einem Einmalpasswort angemeldet. Wählen Sie ein eigenes Passwort, um fortzufahren.',
    submit: 'Passwort ändern',
  },
  signOut: { title: 'Abmelden', text: 'Möchten Sie sich abmelden?', submit: 'Abmelden' },
  home: {
    title: (name) => `Hallo, ${name}`,
    pending:
      'Ihre Registrierung wird noch geprüft. Wir teilen Ihnen die Entscheidung per E-Mail mit. Bis dahin können Sie alles ansehen, aber nichts ändern.',
    unverified: (email) =>
      `${email} ist noch nicht bestätigt. Verwenden Sie den Link, den wir an diese Adresse geschickt haben.`,
    mailAgain: 'Link noch einmal schicken',
    applications: 'Ihre Anwendungen',
    all: 'Alle Anwendungen',
    none: 'Sie haben noch keine Anwendungen.',
  },
  account: {
    title: 'Profil',
    nameHeading: 'Name und Sprache',
    emailHeading: 'E-Mail',
    emailHint:
      'An eine neue Adresse schicken wir einen Bestätigungslink. Bis Sie ihn öffnen, gilt die bisherige Adresse weiter.',
    pendingEmail: (pending, current) =>
      `${pending} ist noch nicht bestätigt. Öffnen Sie den Link, den wir dorthin geschickt haben.${current === null ? '' : ` Bis dahin gilt ${current} weiter.`}`,
    keepEmail: 'Änderung abbrechen',
    verified: 'Bestätigt.',
    unverified: 'Noch nicht bestätigt.',
    save: 'Speichern',
    portalLocale: 'Sprache des Portals',
    deleteHeading: 'Konto löschen',
    deleteText: ({ applications, keys, subscriptions }) =>
      `Ihr Konto wird gelöscht, mit ${counted(applications, 'einer Anwendung', 'Anwendungen')}, ${counted(keys, 'einem Schlüssel', 'Schlüsseln')} und ${counted(subscriptions, 'einem Abonnement', 'Abonnements')}. Die Schlüssel gelten sofort nicht mehr.`,
    deleteSoon: 'Sie können Ihr Konto nur innerhalb von fünf Minuten nach der Anmeldung löschen.',
    delete: 'Mein Konto löschen',
    deleteSubmit: 'Endgültig löschen',
  },
  sessions: {
    title: 'Wo Sie angemeldet sind',
    device: 'Gerät',
    deviceOf: (browser, system) => `${browser} unter ${system}`,
    unknown: 'Unbekanntes Gerät',
    address: 'IP-Adresse',
    signedIn: 'Angemeldet',
    lastUsed: 'Zuletzt benutzt',
    ends: 'Läuft ab',
    current: 'Dieses Gerät',
    end: 'Abmelden',
  },
};
