import type { RequestListener } from 'node:http';
import { notFound } from '@gatehouse/contract/errors';
import type { GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { Trust } from '../http/trusted-proxies.ts';
import { clientNetwork } from './client-network.ts';
import { extractCredential, readTarget } from './credential-extraction.ts';
import { Decider, type DeciderDeps } from './decider.ts';
import { DecisionCache } from './decision-cache.ts';
import type { LoginFailures } from './login-failures.ts';
import { ProductCache } from './product-cache.ts';
import { createResponder, NO_CREDENTIAL, type Exchange, type Outcome, type ResponderDeps } from './responder.ts';

export type GatewayDeps = ResponderDeps &
  DeciderDeps & {
    /** Called for each credential that was let through. */
    onUsed: (credentialId: string) => void;
    /** Limits guessing at logins; null without rate limits. */
    failures: LoginFailures | null;
    trust: Trust;
  };

/** Answers `/gateway/verify/{api_product_id}`: may the sender of this request use that product? */
export function createGateway(deps: GatewayDeps): RequestListener {
  const { isCurrent, onUsed } = deps;
  const products = new ProductCache(deps);
  const { respond, fail } = createResponder(deps);
  const decide = createDecide(deps);

  function finish(exchange: Exchange, product: GatewayProduct, outcome: Outcome): void {
    respond(exchange, product, outcome);
    if (outcome.kind === 'pass') onUsed(outcome.pass.credentialId);
  }

  /** A promise only if the database has to be asked. */
  function answer(exchange: Exchange, product: GatewayProduct | null, query: string): void | Promise<void> {
    if (!product) throw notFound('API product');
    const outcome = decide(exchange, product, query);
    if (!(outcome instanceof Promise)) return finish(exchange, product, outcome);
    return outcome.then((late) => finish(exchange, product, late));
  }

  return (req, res) => {
    const exchange = { req, res, begun: performance.now() };
    try {
      const { apiProductId, query } = readTarget(req.url ?? '/');
      const cached = isCurrent() ? products.recall(apiProductId) : undefined;
      const answered =
        cached === undefined
          ? products.find(apiProductId).then((product) => answer(exchange, product, query))
          : answer(exchange, cached, query);
      answered?.catch((error: unknown) => fail(exchange, error));
    } catch (error) {
      fail(exchange, error);
    }
  };
}

/** Decides from the cache, or else from the database; a login that needs a password hash is limited first. */
function createDecide(deps: GatewayDeps) {
  const { revocations, failures, trust } = deps;
  const cache = new DecisionCache(revocations);
  const decider = new Decider(deps, cache);
  return ({ req }: Exchange, product: GatewayProduct, query: string): Outcome | Promise<Outcome> => {
    const credential = extractCredential(req.headers, query, product.auth);
    if (!credential) return NO_CREDENTIAL;
    const key = cache.keyOf(product.id, credential);
    const cached = decider.recall(key);
    if (cached) return cached;
    const decided = (): Promise<Outcome> => decider.decide({ product, credential, key });
    if (credential.kind === 'key') return decided();
    const { portalId } = product;
    const login = { portalId, username: credential.username, network: clientNetwork(req, trust) };
    // A password that this process has verified before needs no hash, and does not count as a guess.
    if (cache.proofOf(key) === undefined) failures?.assertRoom(login);
    return decided().then((outcome) => {
      if (outcome.kind === 'unknown') failures?.note(login);
      return outcome;
    });
  };
}
