import { keepCompiled } from '@gatehouse/process/keep-compiled';

keepCompiled();
await import('./run-api.ts');
