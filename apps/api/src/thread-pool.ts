// Imported first, because libuv reads the variable when its pool is first used. Up to eight passwords are hashed at once, each
// on a thread of the pool. Four threads stay free for files and DNS.
process.env['UV_THREADPOOL_SIZE'] ??= '12';
