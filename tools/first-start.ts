import type { Portal } from '@gatehouse/contract/portal';
import type { Context, Settings } from '@gatehouse/core/kernel/context';
import { createPortal } from '@gatehouse/core/portal/create-portal';
import { listPortals } from '@gatehouse/core/portal/list-portals';
import { createToken } from '@gatehouse/core/token/create-token';
import { deleteToken } from '@gatehouse/core/token/delete-token';
import { listTokens } from '@gatehouse/core/token/list-tokens';
import { createOrm } from '@gatehouse/db/orm';

type Options = {
  databaseUrl: string;
  settings: Settings;
  /** `first`: create an admin token unless one exists; `new`: replace it; `given`: the operator has set one. */
  adminToken: 'first' | 'new' | 'given';
  log: (line: string) => void;
};

const TOKEN_NAME = 'npm start';

/** Creates a first portal and an admin token unless they exist. `adminToken` is the secret of a new token, else null. */
export async function prepareFirstStart({
  databaseUrl,
  settings,
  adminToken,
  log,
}: Options): Promise<{ portal: Portal; adminToken: string | null }> {
  const orm = createOrm({ databaseUrl, poolSize: 2, name: 'gatehouse-start' });
  try {
    const context: Context = {
      em: orm.em,
      actor: { kind: 'system', id: TOKEN_NAME },
      now: new Date(),
      requestId: null,
      settings,
    };
    return {
      portal: await firstPortal(context, log),
      adminToken: adminToken === 'given' ? null : await ownToken(context, adminToken, log),
    };
  } finally {
    await orm.close();
  }
}

async function firstPortal(context: Context, log: (line: string) => void): Promise<Portal> {
  const { list } = await listPortals.execute(context, { page_size: 1, direction: 'asc' });
  const [first] = list;
  if (first) return first;
  log('Creating the portal "default"…');
  return createPortal.execute(context, { name: 'Default', slug: 'default' });
}

/** Null if the token exists already. Logs a new token immediately: it cannot be shown again if a later step fails. */
async function ownToken(context: Context, adminToken: 'first' | 'new', log: Options['log']): Promise<string | null> {
  const { list } = await listTokens.execute(context, { kind: 'admin', page_size: 500 });
  const own = list.filter(({ name }) => name === TOKEN_NAME);
  if (adminToken === 'first' && own.length > 0) return null;
  for (const { id } of own) await deleteToken.execute(context, { token_id: id });
  const { token } = await createToken.execute(context, { kind: 'admin', name: TOKEN_NAME });
  log(`Created an admin token, which is shown only once: ${token}`);
  return token;
}
