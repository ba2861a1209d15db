import type { PageTexts } from './en.ts';

export const problems: PageTexts['problems'] = {
  invalid_login: 'Benutzername oder Passwort ist falsch.',
  wrong_password: 'Das Passwort ist falsch.',
  forbidden:
    'Dieses Formular wurde nicht von einer Seite dieses Portals gesendet. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  registration_closed: 'Dieses Portal nimmt keine Registrierungen an.',
  developer_not_active: 'Ihre Registrierung wird noch geprüft. Bis dahin können Sie alles ansehen, aber nichts ändern.',
  email_not_verified:
    'Bestätigen Sie zuerst Ihre E-Mail-Adresse. Verwenden Sie dazu den Link, den wir Ihnen geschickt haben.',
  one_time_password_expired: 'Das Einmalpasswort ist abgelaufen. Bitten Sie um eine neue Einladung.',
  invite_expired:
    'Diese Einladung ist abgelaufen oder wurde schon benutzt. Melden Sie sich an, wenn Sie ein Passwort gewählt haben; bitten Sie sonst um eine neue Einladung.',
  login_option_disabled: 'Dieses Portal akzeptiert keine Passwörter. Bitte melden Sie sich auf andere Weise an.',
  sign_in_refused: 'Die Anmeldung ist fehlgeschlagen oder hat zu lange gedauert. Bitte versuchen Sie es noch einmal.',
  sign_in_again: 'Melden Sie sich dafür ab und wieder an, und versuchen Sie es innerhalb von fünf Minuten noch einmal.',
  username_needed: 'Dieser Benutzername ist nicht verfügbar. Bitte wählen Sie einen anderen.',
  not_found: 'Das wurde nicht gefunden. Vielleicht wurde es gelöscht.',
  username_taken: 'Dieser Benutzername ist vergeben. Bitte wählen Sie einen anderen.',
  email_taken: 'Diese E-Mail-Adresse wird bereits verwendet.',
  already_subscribed: 'Die Anwendung hat diese API bereits abonniert.',
  limit_reached:
    'Sie haben die Obergrenze dieses Portals erreicht. Löschen Sie etwas, das Sie nicht mehr brauchen, und versuchen Sie es noch einmal.',
  illegal_state: 'Das wurde inzwischen geändert. Laden Sie die Seite neu, um den aktuellen Stand zu sehen.',
  malformed_request:
    'Das Formular konnte nicht gelesen werden. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  body_too_large: 'Das Formular ist zu lang. Kürzen Sie Ihre Eingaben und versuchen Sie es noch einmal.',
  email_domain_not_allowed:
    'Dieses Portal akzeptiert keine E-Mail-Adressen dieser Domain. Bitte verwenden Sie eine andere.',
  password_too_common: 'Dieses Passwort ist zu leicht zu erraten. Bitte wählen Sie ein anderes.',
  invalid_link:
    'Dieser Link ist nicht mehr gültig. Er ist abgelaufen, wurde schon benutzt oder durch einen neueren ersetzt.',
  overloaded: 'Der Dienst ist gerade überlastet. Bitte versuchen Sie es gleich noch einmal.',
  dependency_down: 'Das ist gerade nicht möglich. Bitte versuchen Sie es gleich noch einmal.',
  unauthenticated: 'Ihre Sitzung ist beendet. Bitte melden Sie sich wieder an.',
  method_not_allowed: 'Diese Seite nimmt solche Anfragen nicht an.',
  request_timeout: 'Das Formular kam nicht rechtzeitig an. Bitte versuchen Sie es noch einmal.',
  unsupported_media_type:
    'Das Formular konnte nicht gelesen werden. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  internal: 'Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.',
};
