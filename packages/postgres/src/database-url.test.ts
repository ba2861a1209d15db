import { expect, test } from 'vitest';
import { DatabaseUrlError, readDatabaseUrl } from './database-url.ts';

test.each([
  ['postgresql://user:p%40ss@db.example:6543/name', { host: 'db.example', port: 6543, user: 'user', password: 'p@ss' }],
  ['postgres://db.example/name', { host: 'db.example', database: 'name', ssl: false }],
  ['postgresql:///name?host=/run/postgresql', { host: '/run/postgresql', database: 'name', ssl: false }],
  ['postgresql://%2Frun%2Fpostgresql/name', { host: '/run/postgresql', database: 'name' }],
  ['postgresql://user@/name?host=/run/postgresql&port=6543', { host: '/run/postgresql', port: 6543, user: 'user' }],
  [
    'postgresql:///?host=/run/postgresql&dbname=name&user=me',
    { host: '/run/postgresql', database: 'name', user: 'me' },
  ],
  // A socket needs no TLS, whatever sslmode says.
  ['postgresql:///name?host=/run/postgresql&sslmode=require', { ssl: false }],
  ['postgresql://h/name?sslmode=disable', { ssl: false }],
  ['postgresql://h/name?sslmode=require', { ssl: { rejectUnauthorized: false } }],
  ['postgresql://h/name?sslmode=verify-full', { ssl: {} }],
  ['postgresql://h/name?sslmode=require&sslrootcert=system', { ssl: {} }],
  ['postgresql://127.0.0.1/name?sslmode=verify-full', { ssl: { host: '127.0.0.1' } }],
  ['postgresql://h/name?options=-c%20search_path%3Dportal', { options: '-c search_path=portal' }],
  ['postgresql://h/name?sslmode=require&channel_binding=require', { enableChannelBinding: true }],
  ['postgresql://[::1]:5432/name?application_name=x&connect_timeout=3', { host: '::1', port: 5432 }],
])('%s', (url, expected) => {
  expect(readDatabaseUrl(url)).toMatchObject(expected);
});

test.each([
  ['mysql://h/name', /must look like/],
  ['not an address', /must look like/],
  ['postgresql://user:secret@:x/name', /must look like/],
  ['postgresql:///name?host=one,two', /one host/],
  ['postgresql://h/name?sslmode=prefer', /sslmode=prefer: use one of disable, require/],
  ['postgresql://h/name?sslmode=verify-ca', /without sslrootcert/],
  ['postgresql://h/name?sslmod=require', /parameter "sslmod"/],
  ['postgresql://h/name?sslmode=verify-full&sslrootcert=/none/such.crt', /\/none\/such.crt.*ENOENT/],
])('rejects %s', (url, reason) => {
  expect(() => readDatabaseUrl(url)).toThrow(DatabaseUrlError);
  expect(() => readDatabaseUrl(url)).toThrow(reason);
  expect(() => readDatabaseUrl(url)).not.toThrow(/secret/);
});
