import { join, relative } from 'node:path';

export interface BannerFacts {
  /** Where the api listens, without a trailing slash. */
  url: string;
  /** Where browsers reach it. */
  publicUrl: string;
  portal: { id: string; slug: string };
  /** Only right after it was made; null where the user has it from elsewhere. */
  newToken: string | null;
  /** Whether GATEHOUSE_ADMIN_TOKEN is set. */
  hasAdminToken: boolean;
  smtpEnabled: boolean;
  dataDir: string;
}

/** What the user sees once everything runs: where it is, how to get in, and the first calls to paste. */
export function banner(facts: BannerFacts): string {
  const { url, publicUrl, portal } = facts;
  const { note, shell } = describeToken(facts);
  const developers = `${url}/api/portals/${portal.id}/developers`;
  const invite = `{"username":"ada","password":"a-long-first-password","name":"Ada Lovelace"}`;
  return `
Gatehouse runs at ${url}${publicUrl === url ? '' : `, for browsers at ${publicUrl}`}   (Ctrl-C stops it)

  Admin token   ${note}
  Portal        ${portal.id}
  Sign in       ${publicUrl}/portals/${portal.slug}
  Mail          ${describeMail(facts)}

Paste into a shell:

  export GATEHOUSE='${url}'
  ${shell}
  export PORTAL='${portal.id}'

  # Developers waiting for approval
  ${call('GET', `${developers}?state=Pending`)}
  # Invite a developer, who is active at once
  ${call('POST', `${developers}/invites`)} \\
    -H 'Content-Type: application/json' -d '${invite}'
  # Approvals; then accept or reject one by its approval_id
  ${call('GET', `${url}/api/approvals`)}
  ${call('POST', `${url}/api/approvals/$APPROVAL_ID/accept`)}
  ${call('POST', `${url}/api/approvals/$APPROVAL_ID/reject`)}
  # Delete a developer by its developer_id, with everything it owns
  ${call('DELETE', `${developers}/$DEVELOPER_ID`)}
`;
}

function call(method: string, url: string): string {
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  return `curl${verb} -H "Authorization: Bearer $TOKEN" "${url}"`;
}

function describeMail({ smtpEnabled, dataDir }: BannerFacts): string {
  if (smtpEnabled) return 'sent by the server of SMTP_URL';
  const below = relative('.', dataDir);
  const directory = below.startsWith('..') ? dataDir : below;
  return `kept in ${join(directory, 'mail')}, not sent (SMTP_URL names a mail server)`;
}

function describeToken({ newToken, hasAdminToken }: BannerFacts): { note: string; shell: string } {
  if (newToken !== null) return { note: `${newToken}   (shown only this once)`, shell: `export TOKEN='${newToken}'` };
  if (hasAdminToken)
    return { note: 'the value of GATEHOUSE_ADMIN_TOKEN', shell: 'export TOKEN="$GATEHOUSE_ADMIN_TOKEN"' };
  return {
    note: 'as shown when it was made (npm start -- --new-admin-token replaces it)',
    // A value here would take the place of the right one in the user's shell.
    shell: '# export TOKEN=… with your admin token',
  };
}
