import { createLoginOption } from '@gatehouse/core/login-option/create-login-option';
import { deleteLoginOption } from '@gatehouse/core/login-option/delete-login-option';
import { getLoginOption } from '@gatehouse/core/login-option/get-login-option';
import { listLoginOptions } from '@gatehouse/core/login-option/list-login-options';
import { testLoginOption } from '@gatehouse/core/login-option/test-login-option';
import { updateLoginOption } from '@gatehouse/core/login-option/update-login-option';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const loginOptions = router({
  list: exposeQuery(listLoginOptions),
  create: exposeCommand(createLoginOption, 'change'),
  get: exposeQuery(getLoginOption),
  update: exposeCommand(updateLoginOption, 'change'),
  delete: exposeCommand(deleteLoginOption, 'change'),
  test: exposeCommand(testLoginOption, 'change'),
});
