/**
 * The types of API7's Developer Portal API 0.11.0, from its OpenAPI document and in the form that openapi-fetch expects:
 * what clients can send, and what they can expect.
 */
export interface paths {
  '/api/developers': {
    get: Asked<{ query?: Page & { order_by?: 'last_active_at' | 'created_at' } }, 200, List<Developer>>;
    post: Sent<NoParameters, { developer_id: string }, 201, Developer>;
  };
  '/api/developers/{developer_id}': { delete: Deleted<'developer_id'> };

  '/api/api_products': {
    get: Asked<
      { query?: Page & Ordered & { subscription_status?: SubscriptionStatus; application_id?: string } },
      200,
      List<ApiProduct>
    >;
  };
  '/api/api_products/{api_product_id}': { get: Asked<Path<'api_product_id'>, 200, ApiProduct> };
  '/api/api_products/{api_product_id}/subscriptions': {
    post: Sent<Path<'api_product_id'>, { application_id: string }, 201, unknown>;
  };

  '/api/subscriptions': {
    get: Asked<{ query?: SubscriptionFilters }, 200, List<Subscription>>;
    post: Sent<NoParameters, { applications: string[]; api_products: string[] }, 201, unknown>;
  };
  '/api/subscriptions/{subscription_id}': { delete: Deleted<'subscription_id'> };

  '/api/applications': {
    get: Asked<
      { query?: Page & Ordered & { api_product_id?: string; labels?: string } },
      200,
      List<Application & { subscription_status?: SubscriptionStatus }>
    >;
    post: Sent<NoParameters, Partial<ApplicationFields>, 201, Application>;
  };
  '/api/applications/{application_id}': {
    get: Asked<Path<'application_id'>, 200, Application>;
    put: Sent<Path<'application_id'>, Partial<ApplicationFields>, 200, Application>;
    delete: Deleted<'application_id'>;
  };
  '/api/applications/api_calls': {
    get: Asked<
      {
        query: {
          start_at: number;
          end_at: number;
          application_id?: string[];
          api_product_id?: string[];
          credential_id?: string[];
        };
      },
      200,
      List<{ api_product_id: string; api_product_name: string; hour_timestamp: number; api_calls: number }>
    >;
  };

  '/api/applications/{application_id}/credentials': {
    get: Asked<Path<'application_id'> & { query?: CredentialFilters }, 200, List<Credential>>;
    post: Sent<Path<'application_id'>, CredentialFields & NewSecret, 201, Credential>;
  };
  '/api/applications/{application_id}/credentials/{credential_id}': {
    get: Asked<Path<CredentialIds>, 200, Credential>;
    put: Sent<Path<CredentialIds>, ChangedCredential, 200, Credential>;
    delete: Deleted<CredentialIds>;
  };
  '/api/applications/{application_id}/credentials/{credential_id}/regenerate': {
    put: Sent<Path<CredentialIds>, KeyAuth | BasicAuth, 200, Credential>;
  };
  '/api/credentials': {
    get: Asked<{ query?: CredentialFilters & { application_id?: string[] } }, 200, List<Credential>>;
  };

  '/api/labels/{resource_type}': {
    get: Asked<{ path: { resource_type: Labelled } }, 200, Record<string, string[]>>;
  };
  '/api/system_settings/smtp_server_status': { get: Asked<NoParameters, 200, { enable: boolean }> };
  '/api/system_settings/public_access': { get: Asked<NoParameters, 200, { portal_public_access: boolean }> };
  '/api/dcr_providers': { get: Asked<{ query?: Page & Ordered }, 200, List<DcrProvider>> };
}

type NoParameters = { query?: never };
type Path<Names extends string> = { path: Record<Names, string> };
type Json<Body> = { content: { 'application/json': Body } };
type Refusals = { [status in 400 | 401 | 404]: Json<{ status: status; message: string }> };

type Asked<Parameters, Status extends number, Answer> = {
  parameters: Parameters;
  responses: Record<Status, Json<Answer>> & Refusals;
};
type Sent<Parameters, Body, Status extends number, Answer> = Asked<Parameters, Status, Answer> & {
  requestBody?: Json<Body>;
};
type Deleted<Names extends string> = {
  parameters: Path<Names>;
  responses: { 204: { content?: never } } & Refusals;
};

type Page = { page?: number; page_size?: number; direction?: 'asc' | 'desc'; search?: string };
type Ordered = { order_by?: 'created_at' | 'updated_at' };
type List<Item> = { list: Item[]; total: number };
type Basics = { id: string; created_at: string; updated_at: string };
type Labels = Record<string, string>;

type Developer = Basics & { name: string; last_active_at?: string; status?: string };

type SubscriptionStatus = 'unsubscribed' | 'wait_for_approval' | 'subscribed';
type Subscription = {
  id: string;
  developer_id: string;
  developer_name: string;
  subscribed_at: string;
  application_id: string;
  application_name: string;
  api_product_id: string;
  api_product_name: string;
  status: SubscriptionStatus;
};
type SubscriptionFilters = Page & {
  order_by?: 'developer_name' | 'subscribed_at';
  api_product_id?: string;
  application_id?: string;
  status?: SubscriptionStatus[];
};

type ApiProductFields = Basics & {
  name: string;
  desc?: string;
  status: 'draft' | 'published';
  visibility: 'public' | 'logged_in';
  raw_openapis?: string[];
  api_count?: number;
  subscription_status?: SubscriptionStatus;
};
type ApiProduct = ApiProductFields &
  (
    | {
        type: 'gateway';
        logo?: string;
        labels?: Labels;
        auth: {
          'key-auth'?: { hide_credentials?: boolean; query?: string; header?: string };
          'basic-auth'?: { hide_credentials?: boolean };
          dcr?: { dcr_provider_id: string };
        };
        subscription_auto_approval: boolean;
        can_view_unsubscribed: boolean;
      }
    | ({ type: 'external'; tags?: string[]; api_desc?: string } & ({ server_url: string } | { server_urls: string[] }))
  );

type ApplicationFields = { name: string; desc?: string; labels?: Labels };
type Application = Basics & ApplicationFields;

type DcrProvider = { id: string; name: string; issuer: string };
type Labelled = 'developer_credential' | 'developer_application' | 'api_product';

type CredentialIds = 'application_id' | 'credential_id';
type CredentialType = 'key-auth' | 'basic-auth' | 'oauth';
type CredentialFilters = Page & {
  auth_method?: CredentialType;
  plugin_name?: string;
  labels?: string;
  order_by?: 'created_at' | 'updated_at' | 'name';
};
type CredentialFields = { desc?: string; labels?: Labels };
type Credential = Basics &
  CredentialFields & { application_id: string; application_name: string } & (
    | { type: 'key-auth'; name: string; 'key-auth'?: object }
    | { type: 'basic-auth'; name: string; 'basic-auth'?: object }
    | {
        type: 'oauth';
        oauth: {
          dcr_provider_id: string;
          dcr_provider?: DcrProvider;
          client_id: string;
          client_secret?: string;
          redirect_uris?: string[];
        };
      }
  );
type KeyAuth = { type: 'key-auth'; 'key-auth'?: Record<string, never> | null };
type BasicAuth = { type: 'basic-auth'; 'basic-auth': { username: string; password: string } };
type NewSecret =
  | ({ name: string } & (KeyAuth | BasicAuth))
  | { type: 'oauth'; oauth: { dcr_provider_id: string; redirect_uris?: string[] } };
type ChangedCredential = CredentialFields &
  ({ type: 'key-auth' | 'basic-auth'; name: string } | { type: 'oauth'; oauth?: { redirect_uris?: string[] } });
