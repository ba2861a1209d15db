import type { AppRouter } from '../trpc/app-router.ts';
import { restTable } from './table.ts';

const { get, post, put, patch, remove } = restTable<AppRouter>();

/** All REST routes below `/api`. */
export const routes = [
  get('/portals', 'portals.list'),
  post('/portals', 'portals.create', { status: 201, location: '/portals/{id}' }),
  get('/portals/{portal_id}', 'portals.get'),
  patch('/portals/{portal_id}', 'portals.update'),
  remove('/portals/{portal_id}', 'portals.delete', { status: 204 }),

  get('/portals/{portal_id}/developers', 'developers.list'),
  post('/portals/{portal_id}/developers/invites', 'developers.invite', {
    status: 201,
    location: '/portals/{portal_id}/developers/{developer_id}',
  }),
  get('/portals/{portal_id}/developers/{developer_id}', 'developers.get'),
  patch('/portals/{portal_id}/developers/{developer_id}', 'developers.update'),
  remove('/portals/{portal_id}/developers/{developer_id}', 'developers.delete', {
    status: 202,
    location: '/deletions/{id}',
  }),
  post('/portals/{portal_id}/developers/{developer_id}/suspend', 'developers.suspend'),
  post('/portals/{portal_id}/developers/{developer_id}/reactivate', 'developers.reactivate'),
  post('/portals/{portal_id}/developers/{developer_id}/renew_invite', 'developers.renewInvite'),
  get('/portals/{portal_id}/developers/{developer_id}/deletion_preview', 'developers.deletionPreview'),

  get('/deletions', 'deletions.list'),
  get('/deletions/{deletion_id}', 'deletions.get'),

  get('/approvals', 'approvals.list'),
  get('/approvals/{approval_id}', 'approvals.get'),
  post('/approvals/{approval_id}/accept', 'approvals.accept'),
  post('/approvals/{approval_id}/reject', 'approvals.reject'),

  get('/portals/{portal_id}/login_options', 'loginOptions.list'),
  post('/portals/{portal_id}/login_options', 'loginOptions.create', {
    status: 201,
    location: '/portals/{portal_id}/login_options/{id}',
  }),
  get('/portals/{portal_id}/login_options/{login_option_id}', 'loginOptions.get'),
  patch('/portals/{portal_id}/login_options/{login_option_id}', 'loginOptions.update'),
  remove('/portals/{portal_id}/login_options/{login_option_id}', 'loginOptions.delete', { status: 204 }),
  post('/portals/{portal_id}/login_options/{login_option_id}/test', 'loginOptions.test'),

  get('/portals/{portal_id}/api_products', 'apiProducts.list'),
  post('/portals/{portal_id}/api_products', 'apiProducts.create', {
    status: 201,
    location: '/portals/{portal_id}/api_products/{id}',
  }),
  get('/portals/{portal_id}/api_products/{api_product_id}', 'apiProducts.get'),
  patch('/portals/{portal_id}/api_products/{api_product_id}', 'apiProducts.update'),
  remove('/portals/{portal_id}/api_products/{api_product_id}', 'apiProducts.delete', { status: 204 }),
  get('/portals/{portal_id}/api_products/{api_product_id}/subscriptions', 'subscriptions.listOfApiProduct'),

  get('/api_products', 'apiProducts.listVisible'),
  get('/api_products/{api_product_id}', 'apiProducts.getVisible'),
  post('/api_products/{api_product_id}/subscriptions', 'subscriptions.create', { status: 201 }),
  get('/subscriptions', 'subscriptions.list'),
  post('/subscriptions', 'subscriptions.createMany', { status: 201 }),
  remove('/subscriptions/{subscription_id}', 'subscriptions.delete', { status: 204 }),

  get('/applications', 'applications.list'),
  post('/applications', 'applications.create', { status: 201, location: '/applications/{id}' }),
  get('/applications/api_calls', 'applications.listApiCalls'),
  get('/applications/{application_id}', 'applications.get'),
  put('/applications/{application_id}', 'applications.update'),
  remove('/applications/{application_id}', 'applications.delete', { status: 204 }),

  get('/credentials', 'credentials.list'),
  get('/applications/{application_id}/credentials', 'credentials.listOfApplication'),
  post('/applications/{application_id}/credentials', 'credentials.create', {
    status: 201,
    location: '/applications/{application_id}/credentials/{id}',
  }),
  get('/applications/{application_id}/credentials/{credential_id}', 'credentials.get'),
  put('/applications/{application_id}/credentials/{credential_id}', 'credentials.update'),
  remove('/applications/{application_id}/credentials/{credential_id}', 'credentials.delete', {
    status: 204,
  }),
  put('/applications/{application_id}/credentials/{credential_id}/regenerate', 'credentials.regenerate'),

  get('/developers', 'portalDevelopers.list'),
  post('/developers', 'portalDevelopers.create', {
    status: 201,
    location: '/portals/{portal_id}/developers/{developer_id}',
  }),
  remove('/developers/{developer_id}', 'portalDevelopers.delete', {
    status: 204,
    location: '/deletions/{id}',
  }),

  get('/labels/{resource_type}', 'labels.list'),
  get('/dcr_providers', 'dcrProviders.list'),
  get('/system_settings/public_access', 'systemSettings.publicAccess'),
  get('/system_settings/smtp_server_status', 'systemSettings.smtpServerStatus'),

  get('/tokens', 'tokens.list'),
  post('/tokens', 'tokens.create', { status: 201 }),
  post('/tokens/{token_id}/regenerate', 'tokens.regenerate'),
  remove('/tokens/{token_id}', 'tokens.delete', { status: 204 }),

  get('/operators', 'operators.list'),
  post('/operators', 'operators.invite', { status: 201, location: '/operators/{id}' }),
  get('/operators/me', 'operators.me'),
  get('/operators/{operator_id}', 'operators.get'),
  patch('/operators/{operator_id}', 'operators.update'),
  remove('/operators/{operator_id}', 'operators.delete', { status: 204 }),
  post('/operators/{operator_id}/renew_invite', 'operators.renewInvite'),
  post('/operators/{operator_id}/disable', 'operators.disable'),
  post('/operators/{operator_id}/enable', 'operators.enable'),
  get('/operators/{operator_id}/sessions', 'operators.listSessions'),
  remove('/operators/{operator_id}/sessions', 'operators.endSessions', { status: 204 }),

  post('/console/login', 'console.login'),
  post('/console/login_with_token', 'console.loginWithToken'),
  post('/console/logout', 'console.logout', { status: 204 }),
  post('/console/accept_invitation', 'console.acceptInvitation'),
  post('/console/describe_link', 'console.describeLink'),
  post('/console/forgot_password', 'console.forgotPassword', { status: 202 }),
  post('/console/reset_password', 'console.resetPassword'),
  post('/console/change_password', 'console.changePassword'),
  get('/console/sessions', 'console.listSessions'),
  remove('/console/sessions/{session_id}', 'console.deleteSession', { status: 204 }),

  get('/emails', 'emails.list'),
  get('/emails/{email_id}', 'emails.get'),
  post('/emails/{email_id}/resend', 'emails.resend'),

  get('/audit_events', 'audit.list'),

  post('/portals/{portal_id}/auth/register', 'auth.register', { status: 202 }),
  post('/portals/{portal_id}/auth/login', 'auth.login'),
  get('/portals/{portal_id}/auth/login_options', 'auth.loginOptions'),
  post('/portals/{portal_id}/auth/sso/{login_option_id}/login', 'auth.loginToDirectory'),
  post('/portals/{portal_id}/auth/logout', 'auth.logout', { status: 204 }),
  post('/portals/{portal_id}/auth/accept_invitation', 'auth.acceptInvitation'),
  post('/portals/{portal_id}/auth/describe_link', 'auth.describeLink'),
  post('/portals/{portal_id}/auth/verify_email', 'auth.verifyEmail'),
  post('/portals/{portal_id}/auth/undo_email_change', 'auth.undoEmailChange'),
  post('/portals/{portal_id}/auth/forgot_password', 'auth.forgotPassword', { status: 202 }),
  post('/portals/{portal_id}/auth/reset_password', 'auth.resetPassword'),
  post('/portals/{portal_id}/auth/change_password', 'auth.changePassword'),

  get('/me', 'me.get'),
  patch('/me', 'me.update'),
  remove('/me', 'me.delete', { status: 202 }),
  post('/me/email_verification', 'me.mailVerification', { status: 202 }),
  get('/me/sessions', 'me.listSessions'),
  remove('/me/sessions/{session_id}', 'me.deleteSession', { status: 204 }),
];
