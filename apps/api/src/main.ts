import { keepCompiled } from '@gatehouse/process/keep-compiled';

keepCompiled();
// Up to eight passwords are hashed at once, each on a thread of libuv's pool. Four threads stay free for files and DNS.
process.env['UV_THREADPOOL_SIZE'] ??= '12';
await import('./run-api.ts');
