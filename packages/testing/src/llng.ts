import { mkdirSync, writeFileSync } from 'node:fs';
import { llngConfig, type LlngSettings } from './llng-config.ts';
import { startServer } from './server-process.ts';

/** The programs that `startLlng` needs, for `hasPrograms`. */
export const LLNG_PROGRAMS = ['starman', 'llng-fastcgi-server', 'openssl'] as const;

export type Llng = AsyncDisposable & {
  /** The URL of the portal and the OIDC issuer, with a trailing slash. SAML metadata is at `saml/metadata`, CAS at `cas`. */
  url: string;
  log(): string;
};

/**
 * Starts LemonLDAP::NG, an OIDC, SAML and CAS provider. Without `ldap`, its users are dwho, rtyler and msmith, and their
 * passwords are their names. Its login form has the fields `user` and `password`.
 */
export async function startLlng(settings: LlngSettings): Promise<Llng> {
  let url = '';
  const server = await startServer({
    kind: 'llng',
    path: '/',
    prepare({ port, directory }) {
      url = `http://127.0.0.1:${String(port)}/`;
      for (const path of ['conf', 'cache', 'sessions/lock', 'psessions/lock'])
        mkdirSync(`${directory}/${path}`, { recursive: true });
      writeFileSync(`${directory}/conf/lmConf-1.json`, JSON.stringify(llngConfig({ url, directory }, settings)));
      writeFileSync(`${directory}/lemonldap-ng.ini`, iniFile(directory));
      writeFileSync(`${directory}/NoCaptcha.pm`, NO_CAPTCHA);
      writeFileSync(`${directory}/app.psgi`, APP);
      return {
        program: 'starman',
        args: `--workers 2 --preload-app --env deployment --listen 127.0.0.1:${String(port)} app.psgi`.split(' '),
        env: {
          PERL5LIB: directory,
          LLNG_DEFAULTCONFFILE: `${directory}/lemonldap-ng.ini`,
          LLNG_DEFAULTLOGGER: 'Lemonldap::NG::Common::Logger::Std',
        },
      };
    },
  });
  return { url, log: server.log, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const iniFile = (directory: string): string => `[all]
logLevel = ${process.env.LLNG_LOG ?? 'warn'}
checkTime = 1
[configuration]
type = File
dirName = ${directory}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'llng-config', 'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '${directory}/cache', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
[handler]
status = 0
`;

/** Replaces the real captcha module, which is loaded even without captchas and needs ImageMagick. */
const NO_CAPTCHA = `package NoCaptcha;
use strict;
use Mouse;
extends 'Lemonldap::NG::Portal::Main::Plugin';
sub init { return 1 }
1;
`;

const APP = `use Plack::Builder;
use Lemonldap::NG::Portal::Main;
my $app = Lemonldap::NG::Portal::Main->run({});
builder {
  enable 'Plack::Middleware::Static', path => sub { s!^/javascript/!! }, root => '/usr/share/javascript/';
  enable 'Plack::Middleware::Static', path => sub { s!^/static/!! }, root => '/usr/share/lemonldap-ng/portal/htdocs/static/';
  $app;
};
`;
