import { join, relative } from 'node:path';

export interface BannerFacts {
  /** The address that the api listens on, without a trailing slash. */
  url: string;
  /** The URL at which browsers reach the api. */
  publicUrl: string;
  portal: { id: string; slug: string };
  /** Null unless this start created it. */
  newToken: string | null;
  /** Whether GATEHOUSE_ADMIN_TOKEN is set. */
  hasAdminToken: boolean;
  smtpEnabled: boolean;
  dataDir: string;
}

/** Shown once everything runs. */
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
  # Invite a developer, who is active immediately
  ${call('POST', `${developers}/invites`)} \\
    -H 'Content-Type: application/json' -d '${invite}'
  # List approvals, and accept or reject one by its id
  ${call('GET', `${url}/api/approvals`)}
  ${call('POST', `${url}/api/approvals/$APPROVAL_ID/accept`)}
  ${call('POST', `${url}/api/approvals/$APPROVAL_ID/reject`)}
  # Delete a developer and everything the developer owns, by developer_id
  ${call('DELETE', `${developers}/$DEVELOPER_ID`)}
`;
}

function call(method: string, url: string): string {
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  return `curl${verb} -H "Authorization: Bearer $TOKEN" "${url}"`;
}

function describeMail({ smtpEnabled, dataDir }: BannerFacts): string {
  if (smtpEnabled) return 'sent by the mail server of SMTP_URL';
  const below = relative('.', dataDir);
  const directory = below.startsWith('..') ? dataDir : below;
  return `kept in ${join(directory, 'mail')}, not sent (to send it, set SMTP_URL)`;
}

function describeToken({ newToken, hasAdminToken }: BannerFacts): { note: string; shell: string } {
  if (newToken !== null) return { note: `${newToken}   (shown only once)`, shell: `export TOKEN='${newToken}'` };
  if (hasAdminToken)
    return { note: 'the value of GATEHOUSE_ADMIN_TOKEN', shell: 'export TOKEN="$GATEHOUSE_ADMIN_TOKEN"' };
  return {
    note: 'shown at the first start (to replace it: npm start -- --new-admin-token)',
    // Commented out, because a placeholder would replace the real token in the user's shell.
    shell: '# export TOKEN=… with your admin token',
  };
}
